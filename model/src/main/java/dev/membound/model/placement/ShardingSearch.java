package dev.membound.model.placement;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.DataFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tries every parallelism up to a number of devices.
 *
 * @param model what is shared
 * @param device of which there are many
 * @param compute format of the arithmetic
 * @param batch sequences
 * @param contextTokens a sequence
 */
public record ShardingSearch(
    ModelFootprint model, DeviceProfile device, DataFormat compute, int batch, long contextTokens) {

  /** What is best. */
  public enum Objective {
    /** Shortest step. */
    LATENCY,
    /** Most tokens a second and device. */
    THROUGHPUT,
    /** Fewest devices. */
    DEVICES
  }

  /**
   * A sharding that fits.
   *
   * @param stepSeconds a token for every sequence, to first order
   */
  public record Choice(Parallelism parallelism, double stepSeconds, double tokensPerSecond) {
    double tokensPerSecondAndDevice() {
      return tokensPerSecond / parallelism.devices();
    }
  }

  /**
   * The best that fits; of equal ones that with fewer devices, then less TP, PP, CP, DP.
   *
   * @return empty when none fits
   */
  public Optional<Choice> best(int mostDevices, Objective objective) {
    Comparator<Choice> fewest = Comparator.comparingInt(c -> c.parallelism().devices());
    Comparator<Choice> shortest = Comparator.comparingDouble(Choice::stepSeconds);
    Comparator<Choice> order =
        switch (objective) {
          case LATENCY -> shortest.thenComparing(fewest);
          case THROUGHPUT ->
              Comparator.comparingDouble(Choice::tokensPerSecondAndDevice)
                  .reversed()
                  .thenComparing(fewest);
          case DEVICES -> fewest.thenComparing(shortest);
        };
    return fitting(mostDevices).stream().min(order);
  }

  /** Devices of the smallest system that fits, if there is one. */
  public Optional<Integer> smallestSystem(int mostDevices) {
    return best(mostDevices, Objective.DEVICES).map(choice -> choice.parallelism().devices());
  }

  /** All that fit. */
  public List<Choice> fitting(int mostDevices) {
    int most = device.link().isPresent() ? mostDevices : 1;
    List<Choice> choices = new ArrayList<>();
    for (int tensor = 1; tensor <= Math.min(most, model.heads()); tensor++) {
      if (model.heads() % tensor == 0) {
        for (int pipeline = 1; tensor * pipeline <= most; pipeline++) {
          if (model.layers() % pipeline == 0) {
            addReplicas(tensor, pipeline, most, choices);
          }
        }
      }
    }
    return choices;
  }

  private void addReplicas(int tensor, int pipeline, int most, List<Choice> choices) {
    for (int context = 1; tensor * pipeline * context <= most; context *= 2) {
      for (int data = 1; tensor * pipeline * context * data <= most && data <= batch; data++) {
        add(new Parallelism(tensor, pipeline, 1, data, context), choices);
        int stage = tensor * data * context;
        if (stage > 1 && model.experts() > 0 && model.experts() % stage == 0) {
          add(new Parallelism(tensor, pipeline, stage, data, context), choices);
        }
      }
    }
  }

  private void add(Parallelism parallelism, List<Choice> choices) {
    ShardingPlan plan = new ShardingPlan(model, parallelism, batch, contextTokens);
    if (plan.shortfallBytes(device) == 0) {
      double seconds = plan.stepSeconds(device, compute, Draw.best());
      choices.add(new Choice(parallelism, seconds, batch / seconds));
    }
  }
}
