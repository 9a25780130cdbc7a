/** A part of the reference of row P11: a Node process that waits for its parent and does nothing. */
process.on('message', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
