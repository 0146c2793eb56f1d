package dev.membound.model.explore;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Axes that designs need not be compared across: each combination gets a front of its own. */
public enum Axis {
  MODEL(design -> design.model().name(), (s, design) -> s.models().indexOf(design.model())),
  DEVICE(
      design -> design.variant().base(),
      (s, design) ->
          s.devices().stream().map(DeviceVariant::base).toList().indexOf(design.variant().base())),
  WEIGHTS(design -> design.weights().name(), (s, design) -> s.weights().indexOf(design.weights())),
  KV(design -> design.kv().name() + " KV", (s, design) -> s.kv().indexOf(design.kv())),
  CONTEXT(
      design -> "context " + design.contextTokens(),
      (s, design) -> s.contexts().indexOf(design.contextTokens()));

  private final Function<Design, String> label;
  private final BiFunction<Sweep, Design, Integer> position;

  Axis(Function<Design, String> label, BiFunction<Sweep, Design, Integer> position) {
    this.label = label;
    this.position = position;
  }

  String label(Design design) {
    return label.apply(design);
  }

  /** Orders scenarios as the sweep lists them. */
  static long rank(Sweep sweep, List<Axis> axes, Design design) {
    long rank = 0;
    for (Axis axis : axes) {
      rank = (rank << 16) + axis.position.apply(sweep, design);
    }
    return rank;
  }
}
