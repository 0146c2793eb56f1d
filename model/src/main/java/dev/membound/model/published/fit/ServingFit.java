package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.published.ServingEngine;
import dev.membound.model.published.ServingLatency;
import java.util.List;
import java.util.function.Function;

/** The law of {@link ServingWork} fitted to rows. */
public final class ServingFit {
  private final ServingLayout layout;
  private final double[] point;

  /** By coordinate: 0 where the data decide, 1 where the prior does. */
  private final double[] priorShares;

  private ServingFit(ServingLayout layout, double[] point, double[] priorShares) {
    this.layout = layout;
    this.point = point;
    this.priorShares = priorShares;
  }

  /**
   * Fits rows and nothing else.
   *
   * @param work of each row
   * @throws IllegalArgumentException without rows
   */
  public static ServingFit of(
      List<ServingLatency> rows, Function<ServingLatency, ServingWork> work) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no serving row to fit");
    }
    HardwareParameters prior =
        HardwareParameters.of(DeviceCatalogue.find(rows.getFirst().device()));
    ServingLayout layout = ServingLayout.of(prior, rows);
    ServingWork[] works = rows.stream().map(work).toArray(ServingWork[]::new);
    double[] logMeasured =
        rows.stream().mapToDouble(r -> StrictMath.log(r.secondsPerToken())).toArray();
    RobustFit.Model model =
        at -> {
          HardwareParameters hardware = layout.hardware(at);
          double[] ratios = new double[works.length];
          for (int i = 0; i < works.length; i++) {
            EngineParameters engine = layout.engine(at, rows.get(i).engine());
            ratios[i] = StrictMath.log(works[i].secondsPerToken(hardware, engine)) - logMeasured[i];
          }
          return ratios;
        };
    double[] point = RobustFit.of(model, layout.start(), layout.pull());
    return new ServingFit(layout, point, RobustFit.priorShares(model, point, layout.pull()));
  }

  /** What the rows tell about the hardware. */
  public HardwareParameters hardware() {
    return layout.hardware(point);
  }

  /** Whether the rows tell a parameter of the hardware, or only the catalogue does. */
  boolean identifiable(HardwareParameter parameter) {
    return priorShares[parameter.ordinal()] < 0.5;
  }

  /** What they tell about an engine; of one that is not among them, what is usual. */
  public EngineParameters engine(ServingEngine engine) {
    return layout.engine(point, engine);
  }

  /** The engines among the rows. */
  public List<ServingEngine> engines() {
    return layout.versions();
  }

  /** Predicted time an output token. */
  public double secondsPerToken(ServingWork work, ServingEngine engine) {
    return work.secondsPerToken(hardware(), engine(engine));
  }
}
