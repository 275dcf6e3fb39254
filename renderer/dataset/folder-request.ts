interface Report {
  readonly path: string;
  readonly jobId: string;
}

/** The report that the dialog for folders begins with when another view opens it; taken once. */
class FolderRequest {
  #report: Report | null = null;

  show(report: Report): void {
    this.#report = report;
  }

  take(): Report | null {
    const report = this.#report;
    this.#report = null;
    return report;
  }
}

export const folderRequest = new FolderRequest();
