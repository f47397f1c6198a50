/** A file that came with the request, at the place of its variable. Only the server makes one. */
export class UploadedFile {
  /** Where it is stored until the request is answered. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}
