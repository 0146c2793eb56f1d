package dev.membound.model.device;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Kernel;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Something that computes.
 *
 * @param name for instance {@code tensor-cores}
 * @param place where it sits
 * @param operands formats that it can stream
 * @param peakFlops FLOP/s by format of the arithmetic
 * @param startupSeconds fixed cost of an operator
 * @param streamingEfficiency share of its memory's bandwidth that kernels reach, 1 where the memory
 *     model is itself a measurement
 * @param onChipBytes activations up to this size never go to memory
 * @param bytesInFlight bytes that it keeps requested at once
 * @param efficiency share of the peak that a kernel reaches when no memory holds it up, by {@code
 *     kernel} or {@code kernel/FORMAT}; kernels that are missing do not run here
 * @param overlapExponent by kernel, see the overlap law
 * @param joulesPerFlop at the widest format, 0 where it is not known
 */
public record ComputeEngine(
    String name,
    Place place,
    Set<DataFormat> operands,
    Map<DataFormat, Quantity> peakFlops,
    Quantity startupSeconds,
    Quantity streamingEfficiency,
    Quantity onChipBytes,
    Quantity bytesInFlight,
    Map<String, Quantity> efficiency,
    Map<Kernel, Quantity> overlapExponent,
    Quantity joulesPerFlop) {

  /** Stands for the energy of engines that publish none. */
  public static final Quantity NO_ENERGY =
      Quantity.exact(0, "J/FLOP", Provenance.ASSUMED, "not given: no power of its own is counted");

  /** Where an engine sits. */
  public enum Place {
    /** Beside the memory, on its bus or link. */
    HOST,
    /** Inside the memory or on its module. */
    NEAR
  }

  /** What arithmetic falls back to, widening, where an engine has no peak of its own for it. */
  private static final Map<DataFormat, List<DataFormat>> WIDER =
      Map.of(
          DataFormat.F32, List.of(),
          DataFormat.F16, List.of(DataFormat.BF16, DataFormat.F32),
          DataFormat.BF16, List.of(DataFormat.F16, DataFormat.F32));

  /** The same for formats of 8 bits and less, which are unpacked into the narrowest there is. */
  private static final List<DataFormat> UNPACKED =
      List.of(DataFormat.FP8, DataFormat.F16, DataFormat.BF16, DataFormat.F32);

  static ComputeEngine read(Section section) {
    String name = section.text("name");
    Place place = section.choice("place", Place.class);
    Set<DataFormat> operands = EnumSet.noneOf(DataFormat.class);
    section
        .choices("operands", DataFormat.class)
        .forEach(format -> operands.addAll(format.unpackedAlike()));
    Section peaks = section.section("peak");
    Map<DataFormat, Quantity> peakFlops = new EnumMap<>(DataFormat.class);
    for (DataFormat format : DataFormat.values()) {
      peaks
          .optionalQuantity(format.name(), Dimension.COMPUTE, Double.MIN_VALUE)
          .ifPresent(peak -> peakFlops.put(format, peak));
    }
    peaks.finish();
    if (peakFlops.isEmpty()) {
      throw section.error("peak", "needs at least one format, for instance F16_TFLOPS");
    }
    Section efficiencies = section.section("efficiency");
    Map<String, Quantity> efficiency = new HashMap<>();
    for (Kernel kernel : Kernel.values()) {
      efficiencies
          .optionalQuantity(kernel.key(), Dimension.RATIO, Double.MIN_VALUE)
          .ifPresent(
              share ->
                  efficiency.put(
                      kernel.key(), atMostOne(efficiencies, kernel.key(), "peak", share)));
    }
    efficiencies.finish();
    Quantity overlap = section.quantity("overlap_exponent", Dimension.RATIO, 1);
    Map<Kernel, Quantity> overlapExponent = new EnumMap<>(Kernel.class);
    for (Kernel kernel : Kernel.values()) {
      overlapExponent.put(kernel, overlap);
    }
    ComputeEngine engine =
        new ComputeEngine(
            name,
            place,
            operands,
            peakFlops,
            section.quantity("startup", Dimension.TIME, 0),
            atMostOne(
                section,
                "streaming_efficiency",
                "bandwidth",
                section.positive("streaming_efficiency", Dimension.RATIO)),
            section.quantity("on_chip", Dimension.CAPACITY, 0),
            section.positive("bytes_in_flight", Dimension.CAPACITY),
            efficiency,
            overlapExponent,
            section
                .optionalQuantity("energy_per_flop", Dimension.ENERGY_PER_FLOP, 0)
                .orElse(NO_ENERGY));
    section.finish();
    return engine;
  }

  private static Quantity atMostOne(Section section, String name, String of, Quantity share) {
    if (share.high() > 1) {
      throw section.error(name + "_ratio", "a share of the " + of + " is at most 1");
    }
    return share;
  }

  /** Whether it runs {@code kernel} over operands in {@code operand}. */
  public boolean runs(Kernel kernel, DataFormat operand) {
    return operands.contains(operand) && efficiency(kernel, operand).isPresent();
  }

  /** Share of the peak for a kernel and operand format; empty where it does not run. */
  public Optional<Quantity> efficiency(Kernel kernel, DataFormat operand) {
    Quantity byFormat = efficiency.get(kernel.key() + "/" + operand.name());
    return Optional.ofNullable(byFormat != null ? byFormat : efficiency.get(kernel.key()));
  }

  /**
   * Peak for arithmetic in {@code format}, or in the next wider one that the engine has.
   *
   * @throws IllegalArgumentException when it has none
   */
  public Quantity peak(DataFormat format) {
    Quantity own = peakFlops.get(format);
    if (own != null) {
      return own;
    }
    for (DataFormat wider : WIDER.getOrDefault(format, UNPACKED)) {
      Quantity peak = peakFlops.get(wider);
      if (peak != null) {
        return peak;
      }
    }
    throw new IllegalArgumentException(
        "engine " + name + " has no arithmetic for " + format + ", only for " + peakFlops.keySet());
  }

  /** The same engine in another place. */
  ComputeEngine at(Place other) {
    return new ComputeEngine(
        name,
        other,
        operands,
        peakFlops,
        startupSeconds,
        streamingEfficiency,
        onChipBytes,
        bytesInFlight,
        efficiency,
        overlapExponent,
        joulesPerFlop);
  }

  /** The same engine at its limit: peak arithmetic and bandwidth, full overlap, no start-up. */
  public ComputeEngine ideal() {
    Map<DataFormat, Quantity> peaks = new EnumMap<>(DataFormat.class);
    peakFlops.forEach((format, peak) -> peaks.put(format, peak.withoutInterval()));
    Map<String, Quantity> full = new HashMap<>();
    efficiency.forEach((kernel, share) -> full.put(kernel, share.idealised(1)));
    Map<Kernel, Quantity> overlapping = new EnumMap<>(Kernel.class);
    overlapExponent.forEach((k, p) -> overlapping.put(k, p.idealised(Double.MAX_VALUE)));
    return new ComputeEngine(
        name,
        place,
        operands,
        peaks,
        startupSeconds.idealised(0),
        streamingEfficiency.idealised(1),
        onChipBytes.withoutInterval(),
        bytesInFlight.idealised(Double.MAX_VALUE),
        full,
        overlapping,
        joulesPerFlop.withoutInterval());
  }

  /** The same engine with other overlap exponents where {@code calibrated} has them. */
  public ComputeEngine withOverlap(Map<Kernel, Quantity> calibrated) {
    Map<Kernel, Quantity> exponents = new EnumMap<>(overlapExponent);
    exponents.putAll(calibrated);
    return new ComputeEngine(
        name,
        place,
        operands,
        peakFlops,
        startupSeconds,
        streamingEfficiency,
        onChipBytes,
        bytesInFlight,
        efficiency,
        exponents,
        joulesPerFlop);
  }

  /**
   * Power of the arithmetic at peak and full clock, 0 where its energy is not known; narrower
   * formats do more for the same power.
   */
  public double fullClockWatts() {
    double widest = peakFlops.values().stream().mapToDouble(Quantity::value).min().orElseThrow();
    return widest * joulesPerFlop.value();
  }

  /** Energy of an operation in {@code compute}, 0 where it is not known; drawn. */
  public double joulesPerFlop(DataFormat compute, Draw draw) {
    double widest = peakFlops.values().stream().mapToDouble(Quantity::value).min().orElseThrow();
    return draw.of(joulesPerFlop) * widest / peak(compute).value();
  }

  /** The same engine at {@code share} of its clock; {@code reason} goes before the share. */
  ComputeEngine withClockShare(double share, String reason) {
    if (share == 1) {
      return this;
    }
    Map<DataFormat, Quantity> slower = new EnumMap<>(DataFormat.class);
    peakFlops.forEach(
        (format, peak) ->
            slower.put(
                format,
                new Quantity(
                    peak.value() * share,
                    peak.unit(),
                    peak.low() * share,
                    peak.high() * share,
                    peak.provenance(),
                    String.format(
                        Locale.ROOT,
                        "%s; %s %.1f %% of the clock",
                        peak.source(),
                        reason,
                        100 * share))));
    return new ComputeEngine(
        name,
        place,
        operands,
        slower,
        startupSeconds,
        streamingEfficiency,
        onChipBytes,
        bytesInFlight,
        efficiency,
        overlapExponent,
        joulesPerFlop);
  }

  /** Its values by their names in catalogue files. */
  Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    peakFlops.forEach((format, peak) -> all.put("peak." + format.name(), peak));
    new TreeMap<>(efficiency).forEach((kernel, share) -> all.put("efficiency." + kernel, share));
    Set<Quantity> exponents = new LinkedHashSet<>(overlapExponent.values());
    if (exponents.size() == 1) {
      all.put("overlap_exponent", exponents.iterator().next());
    } else {
      overlapExponent.forEach((kernel, p) -> all.put("overlap_exponent." + kernel.key(), p));
    }
    all.put("startup", startupSeconds);
    all.put("streaming_efficiency", streamingEfficiency);
    all.put("on_chip", onChipBytes);
    all.put("bytes_in_flight", bytesInFlight);
    if (joulesPerFlop != NO_ENERGY) {
      all.put("energy_per_flop", joulesPerFlop);
    }
    return all;
  }
}
