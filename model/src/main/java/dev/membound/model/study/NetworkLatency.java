package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.network.CollectiveAlgorithm;
import dev.membound.model.network.Link;
import dev.membound.model.network.Network;
import dev.membound.model.network.Topology;
import dev.membound.model.network.TopologyKind;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decode of a mixture of experts whose experts are spread over many devices: what a network with
 * half of the latency gains against one with twice the bandwidth.
 *
 * <pre>  message = α + hops · η + bytes / B;   even at bytes = B · (α + hops · η)</pre>
 */
final class NetworkLatency implements Study {
  private static final Draw BEST = Draw.best();
  private static final long CONTEXT = 4_096;
  private static final int[] DEVICES = {8, 16, 32, 64, 128, 256};
  private static final int[] SEQUENCES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024};
  private static final int FEW = 8;
  private static final int CHART_DEVICES = 64;
  private static final int SELECTED_EXPERTS = 8;

  @Override
  public String name() {
    return "network-latency";
  }

  @Override
  public String title() {
    return "Latency against bandwidth in the network";
  }

  @Override
  public String question() {
    return "Does decode gain more from half the latency of the network or from twice its bandwidth?"
        + " DeepSeek-V3 in FP8 on H200 with a link of 450 GB/s and 3 µs a message, one"
        + " switch, collectives by ring or tree, experts and sequences spread over all"
        + " devices, context 4,096; best estimates.";
  }

  /** The devices with another link. */
  private record Fleet(DeviceProfile device) {
    static Fleet of(double latencyFactor, double bandwidthFactor, boolean direct) {
      DeviceProfile h200 = DeviceCatalogue.find("h200-sxm");
      Link link = h200.link().orElseThrow();
      Link other =
          new Link(
              link.name(),
              scaled(link.bytesPerSecond(), bandwidthFactor),
              scaled(link.latencySeconds(), latencyFactor),
              scaled(link.hopSeconds(), latencyFactor),
              link.landingSeconds(),
              link.topology(),
              link.reducesInNetwork(),
              direct ? EnumSet.allOf(CollectiveAlgorithm.class) : link.algorithms());
      return new Fleet(
          new DeviceProfile(
              h200.name(),
              h200.title(),
              h200.description(),
              h200.memory(),
              h200.kvMemory(),
              h200.engines(),
              Optional.of(other),
              h200.power(),
              h200.facts(),
              h200.modelError()));
    }

    private static Quantity scaled(Quantity q, double factor) {
      return Quantity.exact(q.value() * factor, q.unit(), q.provenance(), q.source());
    }

    double stepSeconds(int devices, int sequencesEach) {
      Formats formats = new Formats(DataFormat.FP8, DataFormat.BF16, DataFormat.BF16);
      return Simulator.bestSeconds(
          HardwareSystem.of(device, new Sharding(1, 1, devices, devices, 1, 0)),
          deepSeek(),
          new DecodeWorkload(devices * sequencesEach, CONTEXT, formats, new KvSelection.Dense()));
    }
  }

  private static LlmArchitecture deepSeek() {
    return LlmCatalogue.find("deepseek-v3");
  }

  /** Share of the step that each improvement saves. */
  private record Gain(
      int devices, int sequences, double seconds, double latency, double bandwidth) {
    static Gain of(int devices, int sequences) {
      return of(devices, sequences, false);
    }

    /**
     * @param direct whether every device may send to all others at once, as kernels made for decode
     *     do
     */
    static Gain of(int devices, int sequences, boolean direct) {
      double now = Fleet.of(1, 1, direct).stepSeconds(devices, sequences);
      return new Gain(
          devices,
          sequences,
          now,
          1 - Fleet.of(0.5, 1, direct).stepSeconds(devices, sequences) / now,
          1 - Fleet.of(1, 2, direct).stepSeconds(devices, sequences) / now);
    }

    /** Bytes of a dispatch to one other device, in BF16. */
    double messageBytes() {
      return 2.0 * deepSeek().hidden() * SELECTED_EXPERTS * sequences / devices;
    }
  }

  @Override
  public StudyResult run() {
    List<Gain> byDevices = new ArrayList<>();
    for (int devices : DEVICES) {
      byDevices.add(Gain.of(devices, FEW));
    }
    List<Gain> bySequences = new ArrayList<>();
    for (int sequences : SEQUENCES) {
      bySequences.add(Gain.of(CHART_DEVICES, sequences));
    }
    Optional<Gain> turn = bySequences.stream().filter(g -> g.bandwidth() > g.latency()).findFirst();
    return new StudyResult(
        List.of(
            gainTable("Steps with 8 sequences a device, by devices", byDevices),
            gainTable("Steps on 64 devices, by sequences a device", bySequences),
            topologyTable()),
        List.of(figure(bySequences, turn)),
        claims(byDevices, turn));
  }

  private static DataTable gainTable(String caption, List<Gain> gains) {
    return new DataTable(
        caption,
        List.of(
            Column.count("devices"),
            Column.count("sequences a device"),
            Column.bytes("message to one device"),
            Column.seconds("step"),
            Column.percent("saved by half the latency"),
            Column.percent("saved by twice the bandwidth")),
        gains.stream()
            .map(
                g ->
                    row(
                        g.devices(),
                        g.sequences(),
                        g.messageBytes(),
                        g.seconds(),
                        100 * g.latency(),
                        100 * g.bandwidth()))
            .toList());
  }

  private static StudyFigure figure(List<Gain> gains, Optional<Gain> turn) {
    List<double[]> latency = new ArrayList<>();
    List<double[]> bandwidth = new ArrayList<>();
    for (Gain gain : gains) {
      latency.add(new double[] {gain.sequences(), 100 * gain.latency()});
      bandwidth.add(new double[] {gain.sequences(), 100 * gain.bandwidth()});
    }
    Gain first = gains.getFirst();
    return new StudyFigure(
        "What a better network saves on 64 devices",
        "With one sequence a device half the latency saves "
            + Numbers.percent(first.latency())
            + " of a step, twice the bandwidth "
            + Numbers.percent(first.bandwidth())
            + turn.map(
                    g ->
                        "; from "
                            + g.sequences()
                            + " sequences a device, messages of "
                            + Numbers.bytes(g.messageBytes())
                            + ", bandwidth saves more.")
                .orElse("; bandwidth saves less throughout."),
        "Share of a decode step that is saved, by sequences a device; the horizontal axis is"
            + " logarithmic.",
        Curve.chart(
            Axis.log2("sequences a device", Ticks.NUMBER),
            Axis.linear("step time saved (%)", Ticks.NUMBER),
            List.of(
                new Curve("half the latency", "%", latency),
                new Curve("twice the bandwidth", "%", bandwidth))));
  }

  private static final List<TopologyKind> WIRINGS =
      List.of(
          TopologyKind.RING,
          TopologyKind.TORUS_2D,
          TopologyKind.TORUS_3D,
          TopologyKind.TORUS_6D,
          TopologyKind.DRAGONFLY,
          TopologyKind.FAT_TREE,
          TopologyKind.FULLY_CONNECTED);

  // What a wire and a switch add; a port-to-port latency of switches of today is 0.1 to 0.5 µs.
  private static final double HOP_SECONDS = 0.3e-6;
  private static final double MESSAGE_SECONDS = 1e-6;
  private static final double BYTES_PER_SECOND = 450e9;

  private static Network network(TopologyKind wiring, int devices, boolean reduces) {
    return new Network(wiring.of(devices), BYTES_PER_SECOND, MESSAGE_SECONDS, HOP_SECONDS, reduces);
  }

  /** What a device dispatches in a layer with {@link #FEW} sequences. */
  private static double dispatchBytes() {
    return 2.0 * deepSeek().hidden() * SELECTED_EXPERTS * FEW;
  }

  private static double sumBytes() {
    return 2.0 * deepSeek().hidden() * FEW;
  }

  private static DataTable topologyTable() {
    List<List<Object>> rows = new ArrayList<>();
    for (TopologyKind wiring : WIRINGS) {
      Topology topology = wiring.of(CHART_DEVICES);
      Network network = network(wiring, CHART_DEVICES, false);
      rows.add(
          row(
              label(wiring),
              topology.diameterHops(),
              topology.averageHops(),
              network.pointToPointSeconds(dispatchBytes() / CHART_DEVICES),
              network.allToAllSeconds(dispatchBytes()),
              network.allReduceSeconds(sumBytes()),
              network(wiring, CHART_DEVICES, true).allReduceSeconds(sumBytes())));
    }
    return new DataTable(
        "64 devices wired otherwise: 450 GB/s, 1 µs a message, 0.3 µs a hop; 8 sequences a device",
        List.of(
            Column.text("wiring"),
            Column.count("most hops"),
            Column.number("hops on average", ""),
            Column.seconds("message across"),
            Column.seconds("all-to-all of a layer"),
            Column.seconds("all-reduce"),
            Column.seconds("all-reduce in the network")),
        rows);
  }

  private static String label(TopologyKind wiring) {
    return wiring.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static List<Claim> claims(List<Gain> byDevices, Optional<Gain> turn) {
    Gain few =
        byDevices.stream().filter(g -> g.devices() == CHART_DEVICES).findFirst().orElseThrow();
    boolean everywhere = byDevices.stream().allMatch(g -> g.latency() > g.bandwidth());
    Link link = DeviceCatalogue.find("h200-sxm").link().orElseThrow();
    double even = BEST.of(link.bytesPerSecond()) * BEST.of(link.latencySeconds());
    Gain direct = Gain.of(CHART_DEVICES, FEW, true);
    int ring = TopologyKind.RING.of(CHART_DEVICES).diameterHops();
    int torus = TopologyKind.TORUS_6D.of(CHART_DEVICES).diameterHops();
    int dragonfly = TopologyKind.DRAGONFLY.of(CHART_DEVICES).diameterHops();
    int tree = TopologyKind.FAT_TREE.of(CHART_DEVICES).diameterHops();
    double without =
        network(TopologyKind.FAT_TREE, CHART_DEVICES, false).allReduceSeconds(sumBytes());
    double within =
        network(TopologyKind.FAT_TREE, CHART_DEVICES, true).allReduceSeconds(sumBytes());
    return List.of(
        new Claim(
            "latency outweighs bandwidth for frequent small messages",
            Citations.MA_PATTERSON,
            "latency first",
            "half the latency saves %s of a step, twice the bandwidth %s"
                .formatted(Numbers.percent(few.latency()), Numbers.percent(few.bandwidth())),
            everywhere ? Verdict.REPRODUCED : Verdict.IN_PART,
            "64 devices with %d sequences each, messages of %s; so at every number of devices from %d to"
                    .formatted(FEW, Numbers.bytes(few.messageBytes()), DEVICES[0])
                + " %d. %s. With kernels that send to all at once %s and %s. A lone message is even"
                    .formatted(
                        DEVICES[DEVICES.length - 1],
                        turn.map(
                                g ->
                                    "From %d sequences a device, messages of %s, bandwidth saves more"
                                        .formatted(g.sequences(), Numbers.bytes(g.messageBytes())))
                            .orElse("Bandwidth saves less at every size"),
                        Numbers.percent(direct.latency()),
                        Numbers.percent(direct.bandwidth()))
                + " at latency times bandwidth, "
                + Claim.text(even / 1e6, "MB")),
        new Claim(
            "trees, dragonflies and tori of many dimensions cut hops",
            Citations.MA_PATTERSON,
            "fewer hops",
            "ring %d, six-dimensional torus %d, dragonfly %d, fat tree %d hops at most"
                .formatted(ring, torus, dragonfly, tree),
            torus < ring && dragonfly < ring && tree < ring
                ? Verdict.REPRODUCED
                : Verdict.NOT_REPRODUCED,
            "64 devices, one switch of 64 ports being the whole fat tree"),
        new Claim(
            "in-network reduction speeds up all-reduce",
            Citations.MA_PATTERSON + " (SHARP)",
            "faster",
            Claim.text(without / within, "×"),
            without > within ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED,
            "%s over 64 devices of a fat tree: %s without, %s in the network, additions taken as"
                    .formatted(
                        Numbers.bytes(sumBytes()),
                        Numbers.seconds(without),
                        Numbers.seconds(within))
                + " free"));
  }
}
