import type { Split } from '../../electron/common/entities.ts';
import type { CommandHandlers } from '../command-registry.ts';
import { TOOLS } from '../editor/tools/index.ts';
import type { ToolId } from '../editor/tools/index.ts';
import { NO_VIEW_AIDS } from '../editor/tone.ts';
import type { ViewAids } from '../editor/tone.ts';
import { t } from '../i18n/index.svelte.ts';
import { copyPrevious, copySelected, copyToNext } from './boxes/copy-between-images.ts';
import { correctionOf } from './state/evaluated-images.svelte.ts';
import type { LabelState } from './state/label-state.svelte.ts';
import { classOfChoice, useAsExample } from './classes/use-as-example.ts';
import { moveToSplit } from './history/unqueued-edits.ts';
import { stepAid } from './canvas/view-aids.ts';

const FAR = 10;
const FORWARD = 10;

/** What the label view does for the commands of images, boxes and view. */
export function labelCommands(label: LabelState): CommandHandlers {
  const { app, editor, suggestions } = label;
  const { view } = editor;
  const { assist } = label.session;
  const open = (): boolean => label.annotations !== null;
  const selected = (): boolean => editor.selection.size > 0;
  const attempt = (work: () => Promise<unknown>) => ({ run: () => app.attempt(work), when: open });
  const whenOpen = (run: () => void) => ({ run, when: open });
  const whenSelected = (run: () => void) => ({ run, when: selected });
  const whenSuggested = (run: () => void) => ({ run, when: () => suggestions.current !== null });
  const nudge = (dx: number, dy: number) => whenSelected(() => editor.edits.nudge(dx, dy));
  const grow = (dx: number, dy: number) => whenSelected(() => editor.edits.growSelected(dx, dy));
  const toggle = (name: 'crosshair' | 'pixelGrid' | 'snap' | 'keepView' | 'keepDrawing' | 'tags') => () => {
    const on = !app.preferences.get(name);
    app.preferences.set(name, on);
    // Most of them are seen only once something is done.
    app.toast(
      t(on ? 'setting.on' : 'setting.off', { what: t(`settings.${name}`) }),
      'plain',
      null,
      'setting',
    );
  };
  const aid = (name: keyof ViewAids, direction: 1 | -1) =>
    whenOpen(() => (label.session.viewAids = stepAid(label.session.viewAids, name, direction)));
  const intoSplit = (split: Split) => ({
    run: () => app.attempt(() => moveToSplit(label, split)),
    when: () => open() && label.annotations?.image.split !== split,
  });
  /** Its command again puts it away. */
  const chooseTool = (id: ToolId) => whenOpen(() => editor.setTool(editor.tool === id ? 'select' : id));
  const pointed = () => editor.pointer ?? undefined;
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
    'image.markEmpty': whenOpen(() => label.imageEdits.markEmpty()),
    ...Object.fromEntries(TOOLS.map(({ id, command }) => [command, chooseTool(id)])),
    'box.place': whenOpen(() => editor.placeBox()),
    'box.redraw': whenSelected(() => editor.redrawSelected()),
    'box.cycle': { run: () => editor.cycle(1), when: () => editor.sight.visible.length > 0 },
    'box.cycleBack': { run: () => editor.cycle(-1), when: () => editor.sight.visible.length > 0 },
    'box.selectAll': whenOpen(() => editor.selectAll()),
    'box.delete': whenSelected(() => editor.edits.deleteSelected()),
    'box.deleteLocked': whenSelected(() => editor.edits.deleteSelected({ lockedToo: true })),
    'box.duplicate': whenSelected(() => editor.edits.duplicateSelected()),
    'box.copy': whenSelected(() => copySelected(label)),
    'box.paste': { run: () => editor.edits.paste(), when: () => open() && editor.edits.clipboard.length > 0 },
    'box.copyPrevious': attempt(() => copyPrevious(label)),
    'box.propagate': { run: () => app.attempt(() => copyToNext(label)), when: selected },
    'box.left': nudge(-1, 0),
    'box.right': nudge(1, 0),
    'box.up': nudge(0, -1),
    'box.down': nudge(0, 1),
    'box.farLeft': nudge(-FAR, 0),
    'box.farRight': nudge(FAR, 0),
    'box.farUp': nudge(0, -FAR),
    'box.farDown': nudge(0, FAR),
    'box.narrower': grow(-1, 0),
    'box.wider': grow(1, 0),
    'box.shorter': grow(0, -1),
    'box.taller': grow(0, 1),
    'box.farNarrower': grow(-FAR, 0),
    'box.farWider': grow(FAR, 0),
    'box.farShorter': grow(0, -FAR),
    'box.farTaller': grow(0, FAR),
    'box.hide': whenOpen(() => editor.sight.toggleAll()),
    'box.hideSelected': whenSelected(() => editor.sight.toggleHidden(editor.selection)),
    'box.showAll': { run: () => editor.sight.showAll(), when: () => open() && editor.sight.hidesAny },
    'box.lock': whenSelected(() => editor.sight.toggleLocked(editor.selection)),
    'box.lockAll': {
      run: () => editor.sight.toggleLocked(label.boxes.map(({ id }) => id)),
      when: () => label.boxes.length > 0,
    },
    'found.correct': {
      run: () => label.correct(),
      when: () => label.evaluated.items.some((item) => correctionOf(item) !== null),
    },
    'assist.toggle': { run: () => app.attempt(() => assist.toggle()), when: open },
    'assist.pause': {
      run: () => app.attempt(() => assist.pause(assist.state?.paused !== true)),
      when: () => assist.isOn,
    },
    'suggestion.accept': whenSuggested(() => suggestions.accept()),
    'suggestion.acceptSure': whenSuggested(() =>
      suggestions.acceptFrom(app.preferences.get('suggestionThreshold')),
    ),
    // One key for what is taken away: a box that is selected comes first.
    'suggestion.reject': {
      run: () => (selected() ? editor.edits.deleteSelected() : suggestions.reject()),
      when: () => selected() || suggestions.current !== null,
    },
    'suggestion.next': whenSuggested(() => suggestions.step(1)),
    'suggestion.previous': whenSuggested(() => suggestions.step(-1)),
    'image.splitTrain': intoSplit('train'),
    'image.splitVal': intoSplit('val'),
    'image.splitTest': intoSplit('test'),
    'image.splitNone': intoSplit('none'),
    'image.flag': whenOpen(() => label.imageEdits.toggleFlag()),
    'class.guide': { run: () => label.guide.toggle(), when: () => app.classes.length > 0 },
    'class.addExample': {
      run: () => {
        const classId = classOfChoice(label);
        if (classId !== null) app.attempt(() => useAsExample(label, classId));
      },
      when: () => classOfChoice(label) !== null,
    },
    'edit.undo': {
      run: () => label.undo(),
      when: () => label.canUndo,
      otherwise: () => app.attempt(() => label.notices.nothingToUndo(open())),
    },
    'edit.redo': {
      run: () => label.redo(),
      when: () => label.canRedo,
      otherwise: () => app.attempt(() => label.notices.nothingToRedo(open())),
    },
    'view.zoomIn': whenOpen(() => view.zoomIn(pointed())),
    'view.zoomOut': whenOpen(() => view.zoomOut(pointed())),
    'view.fit': whenOpen(() => view.fit()),
    'view.fitWidth': whenOpen(() => view.fitWidth()),
    'view.actualSize': whenOpen(() => view.actualSize(pointed())),
    'view.keepView': toggle('keepView'),
    'box.keepDrawing': toggle('keepDrawing'),
    'view.crosshair': toggle('crosshair'),
    'view.pixelGrid': toggle('pixelGrid'),
    'view.snap': toggle('snap'),
    'view.tags': toggle('tags'),
    'view.brighter': aid('brightness', 1),
    'view.darker': aid('brightness', -1),
    'view.moreContrast': aid('contrast', 1),
    'view.lessContrast': aid('contrast', -1),
    'view.resetAids': whenOpen(() => (label.session.viewAids = NO_VIEW_AIDS)),
    'app.save': () => {
      if (app.saving.unsaved > 0) label.queues.retrySaving();
      else app.toast(t('status.savedAlready'));
    },
    'app.cancel': { run: () => editor.escape(), when: open },
  };
}
