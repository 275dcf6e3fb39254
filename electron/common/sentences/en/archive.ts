/** What `twinhead pack` and `twinhead unpack` say of a project's archive. */
export const archive = {
  'archive.again': 'Get the archive again.',
  'archive.files': 'The archive has other files than its list says, or the list is missing some.',
  'archive.manifest': 'The archive’s list of files can’t be read.',
  'archive.noImage': 'The archive does not have this image.',
  'archive.none': 'This zip archive is not a Twinhead project.',
  'archive.none.remedy': 'If it has a dataset, create a project and import it there.',
  'archive.pack.missing': 'The file of this image is missing; the archive has its labels only.',
  'archive.pack.missing.remedy': 'Find the file again, then pack the project.',
  'archive.pack.name': 'This name can’t be used on every system; the archive has the image’s labels only.',
  'archive.pack.name.remedy': 'Rename the file, add its folder again, then pack the project.',
  'archive.sum': 'The file in the archive is not the one that was packed: its checksum differs.',
  'archive.there': '{file} already exists.',
  'archive.there.remedy': 'Choose another name for the archive.',
  'archive.tooNew': 'A newer version of Twinhead packed this archive.',
} as const;
