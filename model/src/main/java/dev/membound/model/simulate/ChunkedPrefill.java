package dev.membound.model.simulate;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.workload.PrefillWorkload;
import java.util.List;

/**
 * A prompt in pieces: weights are read once a chunk, activations stay small, and decode steps of
 * others wait for one chunk in the place of a whole prompt. Agrawal et al., Sarathi-Serve, OSDI
 * 2024, arXiv 2403.02310.
 *
 * @param chunkSeconds of every chunk in order
 */
public record ChunkedPrefill(List<SampledSeconds> chunkSeconds) {

  public ChunkedPrefill {
    chunkSeconds = List.copyOf(chunkSeconds);
  }

  /**
   * The chunks of a prompt on a system.
   *
   * @throws IllegalArgumentException for a chunk that is not positive
   */
  public static ChunkedPrefill of(
      Simulator simulator,
      HardwareSystem system,
      LlmArchitecture model,
      PrefillWorkload prompt,
      long chunkTokens) {
    return new ChunkedPrefill(
        prompt.chunks(chunkTokens).stream()
            .map(chunk -> simulator.seconds(system, model, chunk))
            .toList());
  }

  /** Time to the first token where nothing runs between the chunks. */
  public SampledSeconds seconds() {
    return chunkSeconds.stream().reduce(SampledSeconds::plus).orElseThrow();
  }

  /** Longest time that a decode step between two chunks waits. */
  public SampledSeconds longestChunkSeconds() {
    return chunkSeconds.stream().reduce((a, b) -> a.with(b, Math::max)).orElseThrow();
  }
}
