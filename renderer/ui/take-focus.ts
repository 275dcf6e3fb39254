/** For what is left to do where work has ended: it takes the focus where the button that was pressed has lost it. */
export function takeFocus(node: HTMLElement): void {
  if (document.activeElement === document.body) node.focus();
}
