/** What is said of paths that can't be written or read. */
export const files = {
  'files.anotherPlace': 'Choose another place.',
  'files.link': '{file} is a link, or lies behind one.',
  'files.link.remedy': 'Nothing was written or deleted there. Put a folder or file of its own in its place.',
  'files.name': '“{name}” is not a valid file name.',
  'files.noFolder': 'No folder can be made in {parent}.',
  'files.pipe': 'This is a pipe or a device, not a file.',
  'files.pipe.remedy': 'Choose a file that ends: nothing else is read.',
} as const;
