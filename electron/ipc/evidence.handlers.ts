import type { AppChannel } from '../../shared/ipc/app.ts';
import type {
  CompareRequest,
  Comparison,
  DroppedFile,
  EvidenceChoice,
  ExportRequest,
  ExportStatus,
  HeadReport,
  MirrorStatus,
  OwnCheckpoint,
  VerifyStatus,
} from '../../shared/ipc/evidence.ts';
import type { AppHandlers } from './handlers.ts';

export interface EvidenceDeps {
  readonly evidence: {
    readonly head: () => Promise<HeadReport>;
    readonly registerWitness: () => Promise<null>;
    readonly settleHead: () => Promise<null>;
    readonly reportRestore: (reason: string) => Promise<null>;
    readonly drop: (file: DroppedFile) => Promise<VerifyStatus>;
    readonly checkpoints: {
      readonly own: () => Promise<OwnCheckpoint>;
      readonly save: () => Promise<{ path: string | null }>;
      readonly compare: (request: CompareRequest) => Promise<Comparison | null>;
    };
    readonly mirror: {
      readonly choose: () => Promise<MirrorStatus>;
      readonly status: () => MirrorStatus;
      readonly now: () => MirrorStatus;
      readonly stop: () => MirrorStatus;
    };
    readonly export: (request: ExportRequest) => Promise<ExportStatus>;
    readonly exportStatus: () => ExportStatus;
    readonly cancelExport: () => ExportStatus;
    readonly choose: (choice: EvidenceChoice) => Promise<VerifyStatus>;
    readonly verify: () => Promise<VerifyStatus>;
    readonly verifyStatus: () => VerifyStatus;
    readonly cancelVerify: () => VerifyStatus;
  };
}

export const evidenceHandlers = ({
  evidence,
}: EvidenceDeps): Pick<AppHandlers, Extract<AppChannel, `evidence.${string}`>> => ({
  'evidence.head': () => evidence.head(),
  'evidence.registerWitness': () => evidence.registerWitness(),
  'evidence.settleHead': () => evidence.settleHead(),
  'evidence.drop': (file) => evidence.drop(file),
  'evidence.checkpoint': () => evidence.checkpoints.own(),
  'evidence.saveCheckpoint': () => evidence.checkpoints.save(),
  'evidence.compare': (request) => evidence.checkpoints.compare(request),
  'evidence.mirrorChoose': () => evidence.mirror.choose(),
  'evidence.mirrorStatus': () => evidence.mirror.status(),
  'evidence.mirrorNow': () => evidence.mirror.now(),
  'evidence.mirrorStop': () => evidence.mirror.stop(),
  'evidence.reportRestore': ({ reason }) => evidence.reportRestore(reason),
  'evidence.export': (request) => evidence.export(request),
  'evidence.exportStatus': () => evidence.exportStatus(),
  'evidence.cancelExport': () => evidence.cancelExport(),
  'evidence.choose': (choice) => evidence.choose(choice),
  'evidence.verify': () => evidence.verify(),
  'evidence.verifyStatus': () => evidence.verifyStatus(),
  'evidence.cancelVerify': () => evidence.cancelVerify(),
});
