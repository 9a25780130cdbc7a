/**
 * The names that cross between main, the preloads and the pages, apart from every schema: a preload is read by people
 * before it is trusted, so it carries names and no validation library.
 */
export const APP_CHANNELS = [
  'app.info',
  'api.call',
  'diagnostics.run',
  'drafts.list',
  'drafts.keep',
  'drafts.drop',
  'vault.status',
  'vault.lock',
  'vault.setIdleMinutes',
  'vault.contents',
  'vault.uses',
  'vault.openTask',
  'custody.state',
  'custody.act',
  'custody.airGap',
  'custody.enterAirGap',
  'member.status',
  'member.signIn',
  'member.signOut',
  'member.download',
  'service.status',
  'service.restart',
  'services.status',
  'services.retry',
  'services.add',
  'services.connect',
  'services.remove',
  'enrolment.status',
  'enrolment.enrol',
  'operators.inviteLocal',
  'operators.saveProposal',
  'evidence.head',
  'evidence.registerWitness',
  'evidence.settleHead',
  'evidence.reportRestore',
  'evidence.drop',
  'evidence.checkpoint',
  'evidence.saveCheckpoint',
  'evidence.compare',
  'evidence.mirrorChoose',
  'evidence.mirrorStatus',
  'evidence.mirrorNow',
  'evidence.mirrorStop',
  'evidence.export',
  'evidence.exportStatus',
  'evidence.cancelExport',
  'evidence.choose',
  'evidence.verify',
  'evidence.verifyStatus',
  'evidence.cancelVerify',
  'practice.status',
  'practice.open',
  'practice.start',
  'practice.stop',
  'updates.status',
  'updates.check',
  'stream.open',
] as const;

/** Of a file that a person drops on the page: the preload asks the system where it lies, and puts that in the place of what the page sent. */
export const DROP_CHANNEL = 'evidence.drop' satisfies (typeof APP_CHANNELS)[number];

/** Electron channel of the one door; the contract's own channel is its first argument. */
export const CALL_TRANSPORT = 'sallyport:call';

/** Electron channel by which main hands the event port to the application's preload. */
export const STREAM_PORT_TRANSPORT = 'sallyport:stream-port';

/** Electron channel by which main hands a trusted window its port to the keeper. */
export const KEEPER_PORT_TRANSPORT = 'sallyport:keeper-port';

/** Type of the window message with which the preload hands the event port to the page. */
export const STREAM_PORT_MESSAGE = 'sallyport:stream-port';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://sallyport';

/** How main tells a trusted preload what it is for. */
export const ROLE_ARGUMENT = '--sallyport-role=';
export const SUBJECT_ARGUMENT = '--sallyport-subject=';
