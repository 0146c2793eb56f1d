package dev.membound.benchmarks.topk;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Two things timed in turn, and how well the cheaper one does: secondary JMH results. */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class StepComparison {
  private long longNanos;
  private long shortNanos;
  private double mass;
  private double relativeL2;

  @Setup(Level.Iteration)
  public void reset() {
    longNanos = 0;
    shortNanos = 0;
  }

  void add(long longStep, long shortStep) {
    longNanos += longStep;
    shortNanos += shortStep;
  }

  void quality(double ofMass, double ofRelativeL2) {
    mass = ofMass;
    relativeL2 = ofRelativeL2;
  }

  /** How many times as long the longer one takes. */
  public double speedUp() {
    return (double) longNanos / shortNanos;
  }

  /** Mean softmax mass that the shorter one covers, over query heads. */
  public double mass() {
    return mass;
  }

  /** Mean relative L2 error of the shorter one's output, over query heads. */
  public double relativeL2() {
    return relativeL2;
  }
}
