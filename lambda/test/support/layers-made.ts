import { randomUUID } from 'node:crypto';
import {
  DeleteLayerVersionCommand,
  ListLayerVersionsCommand,
  type ListLayerVersionsCommandInput,
  PublishLayerVersionCommand,
  type PublishLayerVersionCommandInput,
  type PublishLayerVersionCommandOutput,
} from '@aws-sdk/client-lambda';
import { type ComputeUnderTest, executableZip } from './functions-made.ts';

/** Layers that a suite makes, each with a name of its own, to be deleted when the suite ends. */
export class LayersMade {
  #under: ComputeUnderTest;
  #published: { LayerName: string; VersionNumber: number }[] = [];

  constructor(under: ComputeUnderTest) {
    this.#under = under;
  }

  newName(): string {
    return `upstack-test-${randomUUID()}`;
  }

  /** Publishes files as the next version; those below `bin/` and scripts can be executed. */
  async publish(
    LayerName: string,
    files: Record<string, string>,
    more: Partial<PublishLayerVersionCommandInput> = {},
  ): Promise<PublishLayerVersionCommandOutput> {
    const input = { LayerName, Content: { ZipFile: executableZip(files) }, ...more };
    const published = await this.#under.client.send(new PublishLayerVersionCommand(input));
    this.#published.push({ LayerName, VersionNumber: published.Version ?? 0 });
    return published;
  }

  /** Publishes a layer of its own and returns the ARN of its version. */
  async make(files: Record<string, string>): Promise<string> {
    return (await this.publish(this.newName(), files)).LayerVersionArn as string;
  }

  async versionsOf(LayerName: string, filter: Partial<ListLayerVersionsCommandInput> = {}) {
    const command = new ListLayerVersionsCommand({ LayerName, ...filter });
    const { LayerVersions = [] } = await this.#under.client.send(command);
    return LayerVersions.map(({ Version }) => Version);
  }

  async delete(): Promise<void> {
    for (const version of this.#published) {
      await this.#under.client.send(new DeleteLayerVersionCommand(version)).catch(() => {});
    }
  }
}
