import type { AppChannel } from '../../shared/ipc/app.ts';
import type { DownloadReport, DownloadRequest, MemberStatus } from '../../shared/ipc/member.ts';
import type { AppHandlers } from './handlers.ts';

export interface MemberDeps {
  readonly member: {
    readonly status: () => Promise<MemberStatus>;
    readonly signIn: () => Promise<MemberStatus>;
    readonly signOut: () => Promise<MemberStatus>;
    readonly download: (request: DownloadRequest) => Promise<DownloadReport>;
  };
}

export const memberHandlers = ({
  member,
}: MemberDeps): Pick<AppHandlers, Extract<AppChannel, `member.${string}`>> => ({
  'member.status': () => member.status(),
  'member.signIn': () => member.signIn(),
  'member.signOut': () => member.signOut(),
  'member.download': (request) => member.download(request),
});
