/**
 * What makes React Flow draw a graph that is read and not edited: its nodes are buttons of ours, which have
 * the focus and the keys.
 */
export const PICTURE_OF_GRAPH = {
  nodesDraggable: false,
  nodesConnectable: false,
  nodesFocusable: false,
  edgesFocusable: false,
  elementsSelectable: false,
  deleteKeyCode: null,
  selectionKeyCode: null,
  panActivationKeyCode: null,
  zoomOnDoubleClick: false,
  disableKeyboardA11y: true,
} as const;
