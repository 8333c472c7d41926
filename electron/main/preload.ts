import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../../core/contract/window.ts';

/** Everything that the page can reach: requests, events, and handing over a dropped file. */
const bridge: Bridge = {
  request: (name, takes) => ipcRenderer.invoke('request', name, takes),
  onEvent: (listener) => {
    const forward = (_: unknown, event: unknown) => listener(event);
    ipcRenderer.on('event', forward);
    return () => ipcRenderer.off('event', forward);
  },
  openDroppedFile: (file) => ipcRenderer.send('dropped', webUtils.getPathForFile(file as File)),
};

contextBridge.exposeInMainWorld('phasmoscope', bridge);
