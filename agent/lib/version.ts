/** Equal to package.json's (a test says so); importing that file would bundle all of it. */
export const version = '0.1.0';
