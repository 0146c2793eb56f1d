package dev.membound.model.simulate;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.placement.Shardings;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tries every sharding up to a number of devices: the capacity ledger says what fits, the simulator
 * how long it takes.
 *
 * @param device of which there are many
 * @param model that they share
 * @param workload what they do
 * @param draft a model that drafts for it and has to fit beside it; its time is left out
 * @param held what has to fit: the workload, or the step that verifies a draft
 */
public record ShardingSearch(
    DeviceProfile device,
    LlmArchitecture model,
    InferenceWorkload workload,
    Optional<LlmArchitecture> draft,
    InferenceWorkload held) {

  /** Without a model that drafts. */
  public ShardingSearch(DeviceProfile device, LlmArchitecture model, InferenceWorkload workload) {
    this(device, model, workload, Optional.empty(), workload);
  }

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
   * @param seconds of the phase, best estimate
   * @param tokensPerSecond of all devices
   */
  public record Choice(Sharding sharding, double seconds, double tokensPerSecond) {
    /** Tokens a second over devices. */
    public double tokensPerSecondAndDevice() {
      return tokensPerSecond / sharding.devices();
    }
  }

  /** All that fit, best first; of equal ones that with fewer devices, then more TP. */
  public List<Choice> ranked(int mostDevices, Objective objective) {
    Comparator<Choice> fewest = Comparator.comparingInt(c -> c.sharding().devices());
    Comparator<Choice> shortest = Comparator.comparingDouble(Choice::seconds);
    Comparator<Choice> order =
        switch (objective) {
          case LATENCY -> shortest.thenComparing(fewest);
          case THROUGHPUT ->
              Comparator.comparingDouble(Choice::tokensPerSecondAndDevice)
                  .reversed()
                  .thenComparing(fewest);
          case DEVICES -> fewest.thenComparing(shortest);
        };
    return fitting(mostDevices).stream().sorted(order).toList();
  }

  /**
   * The best that fits.
   *
   * @return empty when none fits
   */
  public Optional<Choice> best(int mostDevices, Objective objective) {
    return ranked(mostDevices, objective).stream().findFirst();
  }

  private List<Choice> fitting(int mostDevices) {
    int most = device.link().isPresent() ? mostDevices : 1;
    List<Choice> choices = new ArrayList<>();
    for (Sharding sharding : Shardings.byDevices(model, workload, most)) {
      HardwareSystem system = HardwareSystem.of(device, sharding);
      if (fits(system)) {
        double seconds = Simulator.bestSeconds(system, model, workload);
        double tokens = (double) workload.batch() * workload.newTokens();
        choices.add(new Choice(sharding, seconds, tokens / seconds));
      }
    }
    return choices;
  }

  private boolean fits(HardwareSystem system) {
    return draft
        .map(
            small ->
                Shardings.allow(small, system.sharding())
                    && CapacityLedger.withDraft(system, model, small, held).fits())
        .orElseGet(() -> CapacityLedger.of(system, model, held).fits());
  }
}
