package dev.membound.kernels.topk;

/**
 * <a href="https://arxiv.org/abs/2309.17453">StreamingLLM</a>: the first tokens, which act as
 * attention sinks, and the most recent ones; keeps nothing else and scores nothing.
 *
 * @param sinks first tokens kept, 4 in the paper
 * @param recent last tokens kept, at least 1
 */
public record StreamingWindow(int sinks, int recent) {
  public static final StreamingWindow DEFAULT = new StreamingWindow(4, 512);

  public StreamingWindow {
    if (sinks < 0 || recent < 1) {
      throw new IllegalArgumentException(
          "a streaming window of " + sinks + " sinks and " + recent + " recent tokens");
    }
  }

  /**
   * Writes the kept tokens of a sequence, ascending.
   *
   * @param selected has room for {@code min(length, sinks + recent)}
   * @return how many
   * @throws IllegalArgumentException if the length is negative or there is no room
   */
  public int select(int length, int[] selected) {
    if (length < 0) {
      throw new IllegalArgumentException("a sequence of " + length + " tokens");
    }
    int count = (int) Math.min(length, (long) sinks + recent);
    if (selected.length < count) {
      throw new IllegalArgumentException(
          "%d tokens do not fit an array of %d".formatted(count, selected.length));
    }
    for (int i = 0; i < count; i++) {
      selected[i] = i < sinks ? i : length - count + i;
    }
    return count;
  }
}
