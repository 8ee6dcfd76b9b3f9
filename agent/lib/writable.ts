/** A value while it is made, field by field: with tens of thousands of them, spreading costs twice. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
