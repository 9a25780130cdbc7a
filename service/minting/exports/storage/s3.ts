import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ExportBucket, StorageCredentials } from '../../../../shared/service/export-settings.ts';
import { ExportError } from '../export-error.ts';
import { checkedName, type ExportStorage, unavailable } from './storage.ts';

/** S3 takes no part below 5 MiB but the last one; this is all that is in memory. */
const PART_BYTES = 8 * 1024 * 1024;
/** A download asks for as much at a time, so that no connection hangs on how fast a client reads. */
const RANGE_BYTES = 1024 * 1024;
/** One answer to a read may take this long, with its second try: somebody waits for it. */
const READ_MS = 4_000;
const WRITE_MS = 60_000;

interface S3Error {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: unknown): number | undefined => (error as S3Error | null)?.$metadata?.httpStatusCode;

const soon = (milliseconds: number) => ({ abortSignal: AbortSignal.timeout(milliseconds) });

type Target = { readonly Bucket: string; readonly Key: string };

/** Collects what comes into parts of a size that S3 takes. */
async function* inParts(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    waiting.push(part);
    length += part.length;
    if (length < PART_BYTES) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  yield Buffer.concat(waiting);
}

/**
 * A bucket of any S3-compatible store. Objects get no ACL of their own and no address that works without our key; what is sent is
 * sealed already. A bucket rule that aborts old multipart uploads costs nothing beside it.
 */
export class S3Storage implements ExportStorage {
  readonly kind = 's3';
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ bucket, region, endpoint }: ExportBucket, credentials: StorageCredentials) {
    this.#bucket = bucket;
    this.#client = new S3Client({
      region,
      credentials,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_500 },
      // Other stores than AWS lack the checksums of the SDK’s default; what is stored is authenticated by its seal.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  #target(name: string): Target {
    return { Bucket: this.#bucket, Key: checkedName(name) };
  }

  async write(name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const target = this.#target(name);
    const pieces = inParts(parts);
    const first = await pieces.next();
    const second = await pieces.next();
    if (second.done) {
      const put = new PutObjectCommand({ ...target, Body: first.value ?? Buffer.alloc(0) });
      await this.#client.send(put, soon(WRITE_MS)).catch((cause: unknown) => {
        throw unavailable('take the file', cause);
      });
      return;
    }
    await this.#upload(target, [first.value ?? Buffer.alloc(0), second.value], pieces);
  }

  async #upload(target: Target, begun: readonly Buffer[], rest: AsyncIterable<Buffer>): Promise<void> {
    const { UploadId } = await this.#client
      .send(new CreateMultipartUploadCommand(target), soon(WRITE_MS))
      .catch((cause: unknown) => {
        throw unavailable('begin a file', cause);
      });
    const upload = { ...target, UploadId };
    try {
      const sent: { PartNumber: number; ETag: string | undefined }[] = [];
      const send = async (Body: Buffer): Promise<void> => {
        const PartNumber = sent.length + 1;
        const part = new UploadPartCommand({ ...upload, PartNumber, Body });
        const { ETag } = await this.#client.send(part, soon(WRITE_MS)).catch((cause: unknown) => {
          throw unavailable('take the file', cause);
        });
        sent.push({ PartNumber, ETag });
      };
      for (const piece of begun) await send(piece);
      for await (const piece of rest) if (piece.length > 0) await send(piece);
      const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: sent } });
      await this.#client.send(complete, soon(WRITE_MS)).catch((cause: unknown) => {
        throw unavailable('finish the file', cause);
      });
    } catch (error) {
      await this.#client.send(new AbortMultipartUploadCommand(upload), soon(READ_MS)).catch(() => undefined);
      throw error;
    }
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    const target = this.#target(name);
    for (let from = 0, total = 1; from < total; ) {
      const range = await this.#range(target, from);
      if (range.bytes.length === 0) throw unavailable('give the file', new Error('an empty range'));
      total = range.total;
      from += range.bytes.length;
      yield range.bytes;
    }
  }

  async #range(target: Target, from: number) {
    const Range = `bytes=${from}-${from + RANGE_BYTES - 1}`;
    try {
      const signal = soon(READ_MS);
      const { Body, ContentRange } = await this.#client.send(
        new GetObjectCommand({ ...target, Range }),
        signal,
      );
      const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange ?? '') ?? [];
      if (!Body || Number(start) !== from) throw new Error('another range than the one asked for');
      return { bytes: await Body.transformToByteArray(), total: Number(total) };
    } catch (cause) {
      if (statusOf(cause) === 404) throw new ExportError('object-missing', 'the file is gone', { cause });
      throw unavailable('give the file', cause);
    }
  }

  async remove(name: string): Promise<void> {
    const target = this.#target(name);
    try {
      const listing = new ListMultipartUploadsCommand({ Bucket: target.Bucket, Prefix: target.Key });
      const { Uploads = [] } = await this.#client.send(listing, soon(READ_MS));
      for (const { Key, UploadId } of Uploads)
        if (Key === target.Key)
          await this.#client.send(new AbortMultipartUploadCommand({ ...target, UploadId }), soon(READ_MS));
      await this.#client.send(new DeleteObjectCommand(target), soon(READ_MS));
    } catch (cause) {
      throw unavailable('remove the file', cause);
    }
  }
}
