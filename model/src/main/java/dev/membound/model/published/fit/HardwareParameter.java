package dev.membound.model.published.fit;

/** Parameters of the hardware that a serving fit has, in the order of its vector. */
enum HardwareParameter {
  STREAMING_EFFICIENCY,
  DECODE_EFFICIENCY,
  PREFILL_EFFICIENCY,
  ATTENTION_EFFICIENCY,
  STARTUP,
  LINK_LATENCY,
  LINK_EFFICIENCY
}
