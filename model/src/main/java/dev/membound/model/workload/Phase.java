package dev.membound.model.workload;

/** The two phases of inference. */
public enum Phase {
  /** All tokens of the prompt at once; ends with the first token (TTFT). */
  PREFILL,
  /** One token a sequence and step (TPOT). */
  DECODE
}
