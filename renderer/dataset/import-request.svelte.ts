/** What the import dialog starts with when another view opens it. */
class ImportRequest {
  /** A path a line. */
  paths = $state('');
}

export const importRequest = new ImportRequest();
