/** Admin plane of the bundled service, as signatures name it; it resolves nowhere, because the plane answers on a socket only. */
export const BUNDLED_ORIGIN = 'http://admin.sallyport.internal';
