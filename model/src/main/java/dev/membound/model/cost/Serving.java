package dev.membound.model.cost;

import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.PrefillWorkload;
import java.util.ArrayList;
import java.util.List;

/**
 * What a system does over and over: a decode step, and the share of prompts that come with it. With
 * batching in flight, {@code batch / outputTokens} sequences end in every step and as many begin.
 *
 * @param decode gives every sequence a token
 * @param prompts computed together; empty where prompts are somebody else's
 * @param promptShare executions of {@code prompts} a decode step
 */
public record Serving(DecodeWorkload decode, List<PrefillWorkload> prompts, double promptShare) {

  /**
   * A part of a step.
   *
   * @param times executions a step
   */
  public record Part(InferenceWorkload workload, double times) {}

  public Serving {
    prompts = List.copyOf(prompts);
    if (prompts.size() > 1 || !(promptShare >= 0)) {
      throw new IllegalArgumentException("one kind of prompt at most, a share of 0 or more");
    }
  }

  /** Decode alone. */
  public static Serving of(DecodeWorkload decode) {
    return new Serving(decode, List.of(), 0);
  }

  /**
   * Requests of equal length, served together: {@code batch} sequences are decoded at the mean
   * context, prompt and half of the output.
   *
   * @param decode batch and formats; its context is replaced
   */
  public static Serving of(DecodeWorkload decode, long promptTokens, long outputTokens) {
    if (promptTokens < 1 || outputTokens < 1) {
      throw new IllegalArgumentException(
          "a request has a prompt and an output, got "
              + promptTokens
              + " and "
              + outputTokens
              + " tokens");
    }
    double starting = (double) decode.batch() / outputTokens;
    int together = (int) Math.ceil(starting);
    DecodeWorkload step =
        new DecodeWorkload(
            decode.batch(),
            promptTokens + outputTokens / 2,
            decode.newTokens(),
            0,
            decode.formats(),
            decode.selection(),
            decode.fusion());
    return new Serving(
        step,
        List.of(new PrefillWorkload(together, promptTokens, decode.formats())),
        starting / together);
  }

  /** The parts of a step. */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(decode, 1));
    prompts.forEach(prompt -> parts.add(new Part(prompt, promptShare)));
    return parts;
  }

  /** Tokens that a step gives in all. */
  public double tokens() {
    return (double) decode.batch() * decode.newTokens();
  }
}
