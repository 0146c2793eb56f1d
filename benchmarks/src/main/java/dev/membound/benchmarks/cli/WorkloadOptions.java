package dev.membound.benchmarks.cli;

import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.PrefillWorkload;
import picocli.CommandLine.Option;

/** Sizes and formats of what is predicted. */
final class WorkloadOptions {
  @Option(names = "--batch", description = "Sequences together (default: 1).")
  private int batch = 1;

  @Option(
      names = "--context",
      description = "Tokens in the KV cache, and of the prompt of a prefill (default: 8192).")
  private long context = 8192;

  @Option(
      names = "--shared-prefix",
      description = "First tokens that all sequences have in common (default: 0).")
  private long sharedPrefix;

  @Option(
      names = "--weights",
      description =
          "Format of the weights: f32, f16, bf16, fp8, mxfp4, nvfp4, q4_k ... (default: f16).")
  private String weights = "f16";

  @Option(names = "--kv", description = "Format of the KV cache, any of them (default: f16).")
  private String kv = "f16";

  @Option(
      names = "--activations",
      description = "Format of activations and arithmetic (default: f16; f32 on this-cpu).")
  private String activations;

  @Option(names = "--top-k", description = "Attend to this many selected tokens (default: all).")
  private int topK;

  @Option(names = "--page", description = "Tokens a page of --top-k (default: 16).")
  private int page = 16;

  /** Whether anything is left to prefill beyond what is cached. */
  boolean hasPrompt() {
    return context > sharedPrefix;
  }

  /** One decode step. */
  DecodeWorkload decode(boolean onCpu) {
    return new DecodeWorkload(batch, context, 1, sharedPrefix, formats(onCpu), selection());
  }

  /** The prompt; a shared prefix is cached before. */
  PrefillWorkload prefill(boolean onCpu) {
    return new PrefillWorkload(
        batch, context - sharedPrefix, sharedPrefix, sharedPrefix, formats(onCpu));
  }

  /** CPU kernels take F32 activations, accelerators 16-bit ones. */
  private Formats formats(boolean onCpu) {
    String usual = onCpu ? "f32" : "f16";
    return new Formats(
        DataFormat.of(weights),
        DataFormat.of(kv),
        DataFormat.of(activations == null ? usual : activations));
  }

  private KvSelection selection() {
    return topK == 0 ? new KvSelection.Dense() : new KvSelection.QuestTopK(page, topK);
  }
}
