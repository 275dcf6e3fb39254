import type { CommandHandlers } from '../commands.ts';
import type { LabelState } from './label-state.svelte.ts';

const FAR = 10;
const FORWARD = 10;

/** What the label view does for the commands of images, boxes and view. */
export function labelCommands(label: LabelState): CommandHandlers {
  const { app, editor, suggestions } = label;
  const open = (): boolean => label.annotations !== null;
  const selected = (): boolean => editor.selection.size > 0;
  const attempt = (work: () => Promise<unknown>) => ({ run: () => app.attempt(work), when: open });
  const whenOpen = (run: () => void) => ({ run, when: open });
  const whenSelected = (run: () => void) => ({ run, when: selected });
  const whenSuggested = (run: () => void) => ({ run, when: () => suggestions.current !== null });
  return {
    'image.next': attempt(() => label.step(1)),
    'image.previous': attempt(() => label.step(-1)),
    'image.forward': attempt(() => label.step(FORWARD)),
    'image.back': attempt(() => label.step(-FORWARD)),
    'image.nextUnseen': attempt(() => label.nextUnseen()),
    'image.verifyNext': {
      run: () => app.attempt(() => label.verifyAndNext()),
      when: () => open() && !editor.panUsed,
    },
    'image.markEmpty': whenOpen(() => label.markEmpty()),
    'box.draw': whenOpen(() => editor.setTool(editor.tool === 'draw' ? 'select' : 'draw')),
    'box.cycle': { run: () => editor.cycle(1), when: () => editor.visibleBoxes.length > 0 },
    'box.cycleBack': { run: () => editor.cycle(-1), when: () => editor.visibleBoxes.length > 0 },
    'box.selectAll': whenOpen(() => editor.selectAll()),
    'box.delete': whenSelected(() => editor.deleteSelected()),
    'box.duplicate': whenSelected(() => editor.duplicateSelected()),
    'box.copy': whenSelected(() => label.copySelected()),
    'box.paste': { run: () => editor.paste(), when: () => open() && editor.clipboard.length > 0 },
    'box.copyPrevious': attempt(() => label.copyPrevious()),
    'box.left': whenSelected(() => editor.nudge(-1, 0)),
    'box.right': whenSelected(() => editor.nudge(1, 0)),
    'box.up': whenSelected(() => editor.nudge(0, -1)),
    'box.down': whenSelected(() => editor.nudge(0, 1)),
    'box.farLeft': whenSelected(() => editor.nudge(-FAR, 0)),
    'box.farRight': whenSelected(() => editor.nudge(FAR, 0)),
    'box.farUp': whenSelected(() => editor.nudge(0, -FAR)),
    'box.farDown': whenSelected(() => editor.nudge(0, FAR)),
    'box.hide': whenOpen(() => editor.toggleHidden()),
    'suggestion.accept': whenSuggested(() => suggestions.accept()),
    'suggestion.acceptSure': whenSuggested(() =>
      suggestions.acceptFrom(app.preferences.get('suggestionThreshold')),
    ),
    // One key for what is taken away: a box that is selected comes first.
    'suggestion.reject': {
      run: () => (selected() ? editor.deleteSelected() : suggestions.reject()),
      when: () => selected() || suggestions.current !== null,
    },
    'suggestion.next': whenSuggested(() => suggestions.step(1)),
    'suggestion.previous': whenSuggested(() => suggestions.step(-1)),
    'image.flag': whenOpen(() => label.toggleFlag()),
    'edit.undo': { run: () => label.undo(), when: () => label.canUndo },
    'edit.redo': { run: () => label.redo(), when: () => label.canRedo },
    'view.zoomIn': whenOpen(() => editor.zoomIn()),
    'view.zoomOut': whenOpen(() => editor.zoomOut()),
    'view.fit': whenOpen(() => editor.fit()),
    'view.actualSize': whenOpen(() => editor.actualSize()),
    'view.crosshair': () => app.preferences.set('crosshair', !app.preferences.get('crosshair')),
    'app.cancel': { run: () => editor.escape(), when: open },
  };
}
