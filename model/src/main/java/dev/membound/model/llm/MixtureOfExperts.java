package dev.membound.model.llm;

import java.util.Set;

/**
 * Experts of which a router chooses a few for each token, and shared ones that every token passes:
 * Shazeer et al., ICLR 2017, arXiv 1701.06538; Dai et al., DeepSeekMoE, arXiv 2401.06066.
 *
 * @param experts routed experts
 * @param active routed experts a token
 * @param shared shared experts, as wide as the routed ones
 * @param expert what each of them is
 * @param traits what the family adds
 */
public record MixtureOfExperts(
    int experts, int active, int shared, DenseFeedForward expert, Set<Trait> traits)
    implements FeedForward {

  /** Additions to router and experts. */
  public enum Trait {
    /** The router has a bias an expert. */
    ROUTER_BIAS,
    /** One more row gates the shared expert. */
    SHARED_GATE
  }

  public MixtureOfExperts {
    if (active < 1 || shared < 0 || active > experts) {
      throw new IllegalArgumentException(
          "active experts must be 1 to all, got " + active + " of " + experts);
    }
    traits = Set.copyOf(traits);
  }

  /** Elements of the router, and of the gate of the shared expert. */
  public long routerElements(int hidden) {
    return (long) hidden * (experts + (traits.contains(Trait.SHARED_GATE) ? 1 : 0));
  }

  /**
   * Expected number of distinct experts among {@code held} of the {@code experts} that {@code
   * tokens} tokens choose, each its {@code active} at random: {@code held · (1 − (1 −
   * k/E)^tokens)}.
   */
  public double expectedExperts(long tokens, double held) {
    return held * (1 - power(1 - (double) active / experts, tokens));
  }

  /** By squaring: only products, so that every machine gives the same bits. */
  private static double power(double base, long exponent) {
    double result = 1;
    double square = base;
    for (long left = exponent; left > 0 && result > 0; left >>= 1) {
      if ((left & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  @Override
  public long matrixElements(int hidden) {
    return routerElements(hidden) + ((long) experts + shared) * expert.matrixElements(hidden);
  }

  @Override
  public long idleMatrixElements(int hidden) {
    return ((long) experts - active) * expert.matrixElements(hidden);
  }

  @Override
  public long vectorElements(int hidden) {
    long router = traits.contains(Trait.ROUTER_BIAS) ? experts : 0;
    return router + ((long) experts + shared) * expert.vectorElements(hidden);
  }

  @Override
  public long widestElements() {
    return ((long) active + shared) * expert.expandWidth();
  }
}
