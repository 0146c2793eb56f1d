package dev.membound.model.network;

/**
 * Messages that are late, and what a receiver does about it: wait, or go on with stale data (the
 * prior result, or made-up data) when a timeout expires, as Ma and Patterson propose, arXiv
 * 2601.05047. One step waits for a message of each device:
 *
 * <pre>
 *   any late = 1 − (1 − p)^n
 *   delay    = any late · min(delay of a late one, timeout)
 * </pre>
 *
 * @param lateProbability of one message, 0 to 1
 * @param lateSeconds that a late message is late
 * @param timeoutSeconds after which a receiver goes on without; infinite for waiting
 */
public record Stragglers(double lateProbability, double lateSeconds, double timeoutSeconds) {

  public Stragglers {
    if (!(lateProbability >= 0
        && lateProbability <= 1
        && lateSeconds >= 0
        && timeoutSeconds >= 0)) {
      throw new IllegalArgumentException(
          "needs a probability and times, got "
              + lateProbability
              + ", "
              + lateSeconds
              + " s and "
              + timeoutSeconds
              + " s");
    }
  }

  /** Expected delay of a step that waits for {@code devices} messages. */
  public double expectedDelaySeconds(int devices) {
    double anyLate = 1 - Math.pow(1 - lateProbability, devices);
    return anyLate * Math.min(lateSeconds, timeoutSeconds);
  }

  /** Expected share of messages whose stale stand-in is used. */
  public double staleShare() {
    return lateSeconds > timeoutSeconds ? lateProbability : 0;
  }
}
