/** A declared step's id. */
export const STEP_ID_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;
