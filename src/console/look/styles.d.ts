/** Style sheets are put into the bundle by their import. */
declare module '*.css';
