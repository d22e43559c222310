const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether Postgres would take the text as the id of a row; asked before a text from an address is looked up. */
export const isUuid = (text: string): boolean => UUID.test(text);
