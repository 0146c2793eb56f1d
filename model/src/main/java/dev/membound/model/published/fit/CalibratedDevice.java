package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.published.fit.FittedParameter.Section;
import java.util.List;
import java.util.Locale;

/**
 * A device of the catalogue with parameters fitted to what somebody measured on it.
 *
 * @param name of the calibrated device
 * @param base device whose data sheet it keeps
 * @param baseName that device in the catalogue, or its file
 * @param source of the rows, for people
 * @param rows how many were fitted
 * @param folds how many parts were left out in turn
 * @param parameters fitted, with intervals
 * @param meanAbsolutePercent mean error of left-out rows
 * @param notes what a reader must know
 */
public record CalibratedDevice(
    String name,
    DeviceProfile base,
    String baseName,
    String source,
    int rows,
    int folds,
    List<FittedParameter> parameters,
    double meanAbsolutePercent,
    List<String> notes) {

  public CalibratedDevice {
    parameters = List.copyOf(parameters);
    notes = List.copyOf(notes);
  }

  /** The device, as {@code simulate} reads it from {@link #yaml}. */
  public DeviceProfile profile() {
    return DeviceCatalogue.parse(name + ".yaml", yaml());
  }

  /** Its device file: what differs from the base. */
  public String yaml() {
    StringBuilder yaml = new StringBuilder();
    yaml.append("name: ").append(name).append('\n');
    yaml.append("extends: ").append(quoted(baseName)).append('\n');
    yaml.append("title: ").append(quoted(base.title() + ", calibrated")).append('\n');
    yaml.append("description: ").append(quoted(String.join(" ", notes))).append('\n');
    yaml.append("sources:\n  calibration: {kind: fitted, text: ")
        .append(
            quoted(
                String.format(
                    Locale.ROOT,
                    "robust fit of log times to %d rows of %s; left out in %d parts in turn the"
                        + " mean error is %.1f %%",
                    rows,
                    source,
                    folds,
                    meanAbsolutePercent)))
        .append("}\n");
    if (any(Section.ENGINE) || any(Section.EFFICIENCY)) {
      yaml.append("engines:\n  - name: ").append(base.mainEngine().name()).append('\n');
      append(yaml, Section.ENGINE, "    ");
      if (any(Section.EFFICIENCY)) {
        yaml.append("    efficiency:\n");
        append(yaml, Section.EFFICIENCY, "      ");
      }
    }
    if (any(Section.LINK)) {
      yaml.append("link:\n");
      append(yaml, Section.LINK, "  ");
    }
    append(yaml, Section.DEVICE, "");
    return yaml.toString();
  }

  private boolean any(Section section) {
    return parameters.stream().anyMatch(p -> p.section() == section && p.identifiable());
  }

  private void append(StringBuilder yaml, Section section, String indent) {
    for (FittedParameter p : parameters) {
      if (p.section() == section && p.identifiable()) {
        yaml.append(
            String.format(
                Locale.ROOT,
                "%s%s: {value: %.6g, low: %.6g, high: %.6g, source: calibration}%n",
                indent,
                p.key(),
                p.value(),
                p.low(),
                p.high()));
      }
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
