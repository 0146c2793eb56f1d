package dev.membound.model.placement;

/**
 * How devices divide a model and its work.
 *
 * @param tensor slices of every matrix and of the heads (TP): Shoeybi et al., arXiv 1909.08053
 * @param pipeline stages of layers (PP): Huang et al., GPipe, arXiv 1811.06965
 * @param expert devices over which whole experts are spread (EP): Lepikhin et al., GShard, arXiv
 *     2006.16668; 1 where tensor parallelism slices each expert
 * @param data replicas with their own sequences (DP); with experts spread they share the experts
 * @param context parts of every sequence's KV cache (CP): Yang et al., Context Parallelism, arXiv
 *     2411.01783
 */
public record Parallelism(int tensor, int pipeline, int expert, int data, int context) {
  /** One device. */
  public static final Parallelism NONE = new Parallelism(1, 1, 1, 1, 1);

  public Parallelism {
    if (tensor < 1 || pipeline < 1 || expert < 1 || data < 1 || context < 1) {
      throw new IllegalArgumentException(
          "parallelism must be positive, got TP "
              + tensor
              + ", PP "
              + pipeline
              + ", EP "
              + expert
              + ", DP "
              + data
              + ", CP "
              + context);
    }
    if (expert != 1 && expert != tensor * data * context) {
      throw new IllegalArgumentException(
          "experts are spread over all "
              + tensor * data * context
              + " devices of a stage or over 1, got "
              + expert);
    }
  }

  /** Devices in all. */
  public int devices() {
    return Math.multiplyExact(stageDevices(), pipeline);
  }

  /** Devices that work on the same layers. */
  public int stageDevices() {
    return Math.multiplyExact(Math.multiplyExact(tensor, data), context);
  }

  /** {@code TP8 PP2}; {@code 1} for one device. */
  public String label() {
    StringBuilder label = new StringBuilder();
    append(label, "TP", tensor);
    append(label, "PP", pipeline);
    append(label, "EP", expert);
    append(label, "DP", data);
    append(label, "CP", context);
    return label.isEmpty() ? "1" : label.toString();
  }

  private static void append(StringBuilder label, String name, int count) {
    if (count > 1) {
      label.append(label.isEmpty() ? "" : " ").append(name).append(count);
    }
  }
}
