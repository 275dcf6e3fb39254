/** What the import dialog starts with when another view opens it. */
class ImportRequest {
  path = $state('');
}

export const importRequest = new ImportRequest();
