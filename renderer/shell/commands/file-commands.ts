import { closedRun, undoClosing } from '../../session/closing.ts';
import { chooseAndOpen } from '../../session/opening.ts';
import { savePage } from '../../session/page-saving.ts';
import { copyCommand, copyLink } from '../../session/places.ts';
import { save } from '../../session/saving.ts';
import { selectSweep, session } from '../../session/store.ts';
import { askForFilm } from '../film/film.ts';
import { copyPicture, savePictureOf } from '../pictures.ts';
import { always, currentView, set, withFound, withTrace, type Behaviours } from './behaviour.ts';

/** What opens and saves, and the settings of the application. */
export const FILE_COMMANDS = {
  openTrace: always(() => void chooseAndOpen('trace')),
  openMachine: always(() => void chooseAndOpen('machine')),
  saveTrace: {
    isEnabled: () => currentView() !== undefined || selectSweep(session.getState()) !== undefined,
    run: () => void save(),
  },
  savePage: withTrace(() => void savePage()),
  saveViewPicture: withTrace(() => void savePictureOf('view')),
  saveTimelinePicture: withTrace(() => void savePictureOf('timeline')),
  saveFilm: withTrace(() => askForFilm()),
  copyViewPicture: withTrace(() => void copyPicture('view')),
  copyTimelinePicture: withTrace(() => void copyPicture('timeline')),
  reopenRun: withFound(closedRun, undoClosing),
  copyLink: withTrace(({ cursor }) => void copyLink(cursor)),
  copyCommand: withTrace(({ cursor }) => void copyCommand(cursor)),
  preferences: set(() => ({ dialog: 'preferences' })),
} satisfies Behaviours;
