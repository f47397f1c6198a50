/** How long a browser stays signed in: as long as AWS's console. */
export const SIGN_IN_SECONDS = 43_200;

/** The operator's browser, which may do everything: not longer than somebody sits before it. */
export const OPERATOR_SIGN_IN_SECONDS = 3_600;
