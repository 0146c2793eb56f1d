package dev.membound.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceExtensionTest {
  private static final String HEAD =
      """
      name: own
      extends: h100-sxm
      title: Own
      description: An H100, but different.
      """;
  private static final DeviceProfile H100 = DeviceCatalogue.find("h100-sxm");

  private static DeviceProfile own(String rest) {
    return DeviceCatalogue.parse("own.yaml", HEAD + rest);
  }

  private static void refused(String yaml, String message) {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> DeviceCatalogue.parse("own.yaml", yaml))
        .withMessageContaining(message);
  }

  @Test
  void anH100WithHbm4KeepsItsEngines() {
    DeviceProfile own =
        own(
            """
            memory:
              part: hbm4
              stacks_count: {value: 6, assumed: "six sites"}
              capacity_GB: {value: 384, assumed: "six of 64 GB"}
            """);

    assertThat(own.engines()).isEqualTo(H100.engines());
    assertThat(own.memory().capacityBytes().value()).isEqualTo(384e9);
    // 6 stacks of 2048 pins at 8 Gb/s.
    assertThat(own.memory().model().ideal().bytesPerSecond(AccessPattern.streamRead(), Draw.best()))
        .isCloseTo(6 * 2048e9, within(1e-2));
  }

  @Test
  void aQuantityReplacesTheOneBelowInAnyUnit() {
    DeviceProfile own = own("memory: {capacity_GB: {value: 96, assumed: more}}\n");

    assertThat(own.memory().capacityBytes().value()).isEqualTo(96e9);
    assertThat(own.memory().name()).isEqualTo("hbm3");
  }

  @Test
  void oneQuantityInTwoUnitsIsRefusedInAFileThatExtendsToo() {
    refused(
        HEAD
            + "memory:\n  capacity_GB: {value: 96, assumed: more}\n"
            + "  capacity_GiB: {value: 96, assumed: more}\n",
        "'capacity_GiB': given twice, also as 'capacity_GB'");
  }

  @Test
  void whatCannotBeIsRefused() {
    refused(
        HEAD + "memory: {part: hbm4, stacks_count: {value: 6.5, assumed: x}}\n",
        "'memory.stacks_count.value': must be a whole number, not 6.5");
    refused(
        HEAD
            + "engines: [{name: tensor-cores, streaming_efficiency_ratio: {value: 1.5, assumed:"
            + " x}}]\n",
        "streaming_efficiency_ratio': a share of the bandwidth is at most 1");
  }

  @Test
  void enginesAreMergedByName() {
    DeviceProfile own =
        own("engines: [{name: tensor-cores, peak: {FP8_TFLOPS: {value: 3000, assumed: x}}}]\n");

    assertThat(own.mainEngine().peak(DataFormat.FP8).value()).isEqualTo(3000e12);
    assertThat(own.mainEngine().peak(DataFormat.F16))
        .isEqualTo(H100.mainEngine().peak(DataFormat.F16));
  }

  @Test
  void replaceKeepsNothingOfTheMappingBelow() {
    DeviceProfile own =
        own(
            "engines: [{name: tensor-cores, peak: {replace: true, F16_TFLOPS: {value: 1, assumed: x}}}]\n");

    assertThat(own.mainEngine().peakFlops()).containsOnlyKeys(DataFormat.F16);
  }

  @Test
  void aSourceIsLookedUpInTheFileOfItsValue() {
    DeviceProfile own =
        own(
            """
            sources:
              data-sheet: {kind: published, text: "another data sheet"}
            power_W: {value: 500, source: data-sheet}
            """);

    assertThat(own.power().map(Quantity::source)).contains("another data sheet");
    assertThat(own.memory().capacityBytes()).isEqualTo(H100.memory().capacityBytes());
  }

  @Test
  void aMistakeNamesTheFileThatItIsIn() {
    refused(
        HEAD + "memory: {row_cicle_ns: {value: 1, assumed: x}}\n",
        "own.yaml line 5: 'memory.row_cicle_ns': unknown key; did you mean 'row_cycle_ns'");
    refused(
        HEAD + "memory: {row_cycle_GB: {value: 1, assumed: x}}\n",
        "own.yaml line 5: 'memory.row_cycle_GB': wrong unit");
    // Another kind keeps nothing of the memory below.
    refused(
        HEAD + "memory: {kind: dram, name: x, capacity_GB: {value: 1, assumed: x}}\n",
        "own.yaml line 5: 'memory.peak_bandwidth");
  }

  @Test
  void unknownBasesAndPartsAreRefusedWithNearNames() {
    refused(
        "name: own\nextends: h100-smx\n",
        "own.yaml line 2: 'extends': unknown device 'h100-smx'; did you mean 'h100-sxm'");
    refused(
        HEAD + "memory: {part: hbm5}\n",
        "own.yaml line 5: 'memory.part': unknown memory 'hbm5'; did you mean 'hbm");
    refused(
        "name: own\nextends: gone.yaml\n",
        "own.yaml line 2: 'extends': there is no file gone.yaml");
  }

  @Test
  void aFileThatExtendsNeedsItsOwnName() {
    refused(
        "extends: h100-sxm\n",
        "own.yaml line 1: 'extends': a file that extends another needs a name of its own");
  }

  @Test
  void circlesAreRefused(@TempDir Path folder) throws IOException {
    Path a = folder.resolve("a.yaml");
    Files.writeString(a, "name: a\nextends: b.yaml\n");
    Files.writeString(folder.resolve("b.yaml"), "name: b\nextends: a.yaml\n");

    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> DeviceCatalogue.find(a.toString()))
        .withMessageContaining("'extends': goes in a circle: b.yaml -> a.yaml -> b.yaml");
  }

  @Test
  void aUsersFileMayExtendItsNeighbour(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("base.yaml"), HEAD + "power_W: {value: 300, assumed: x}\n");
    Path top = folder.resolve("top.yaml");
    Files.writeString(top, "name: top\nextends: base.yaml\n");

    DeviceProfile device = DeviceCatalogue.find(top.toString());

    assertThat(device.name()).isEqualTo("top");
    assertThat(device.power().map(Quantity::value)).contains(300.0);
  }

  @Test
  void theExampleOfTheDocumentationIsADevice() throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "extending.md"));
    String yaml = docs.substring(docs.indexOf("```yaml") + "```yaml".length());

    DeviceProfile device =
        DeviceCatalogue.parse("docs.yaml", yaml.substring(0, yaml.indexOf("```")));

    assertThat(device.memory().capacityBytes().value()).isEqualTo(384e9);
  }
}
