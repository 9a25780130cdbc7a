import { config } from 'zod';

// Must be imported before any schema is built: zod would otherwise try `new Function`, which the content security policy
// refuses and reports as a violation.
config({ jitless: true });
