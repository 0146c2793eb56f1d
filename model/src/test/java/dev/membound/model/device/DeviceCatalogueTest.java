package dev.membound.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.quantity.Quantity;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCatalogueTest {

  private static String text(String name) throws IOException {
    try (InputStream file =
        DeviceCatalogue.class.getResourceAsStream("presets/" + name + ".yaml")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void everyPresetIsNamedAfterItsFile() {
    assertThat(DeviceCatalogue.all())
        .extracting(DeviceProfile::name)
        .contains("h100-sxm", "cxl-pnm", "hbm-pim", "aim")
        .allSatisfy(name -> assertThat(DeviceCatalogue.find(name).name()).isEqualTo(name));
  }

  @Test
  void everyValueHasASource() throws ReflectiveOperationException {
    for (DeviceProfile device : DeviceCatalogue.all()) {
      List<Quantity> quantities = new ArrayList<>();
      collect(device, quantities);

      assertThat(quantities)
          .hasSizeGreaterThan(10)
          .allSatisfy(q -> assertThat(q.source()).isNotBlank());
    }
  }

  @Test
  void everyNumberOfAFileIsListedUnderItsName() throws IOException {
    DeviceProfile h100 = DeviceCatalogue.find("h100-sxm");
    long numbers = text("h100-sxm").lines().filter(line -> line.contains("{value:")).count();

    assertThat(h100.quantities()).hasSize((int) numbers);
    assertThat(h100.quantities())
        .containsKeys(
            "memory.capacity",
            "memory.row_cycle",
            "tensor-cores.peak.F16",
            "tensor-cores.efficiency.gemv",
            "link.latency",
            "facts.die_area",
            "power",
            "model_error");
    assertThat(DeviceCatalogue.find("h100-hbf").quantities())
        .containsKeys("memory.page_read", "kv_memory.stacks");
    assertThat(CpuDevice.from(Profiles.twoThreads()).quantities())
        .containsKeys("memory.read_bandwidth", "memory.chunk_4096_B_fraction", "2-threads.startup");
  }

  private static void collect(Object value, List<Quantity> into)
      throws ReflectiveOperationException {
    switch (value) {
      case Quantity quantity -> into.add(quantity);
      case Optional<?> optional when optional.isPresent() -> collect(optional.get(), into);
      case Map<?, ?> map -> collect(map.values(), into);
      case Collection<?> all -> {
        for (Object one : all) {
          collect(one, into);
        }
      }
      case Record part -> {
        for (RecordComponent component : part.getClass().getRecordComponents()) {
          collect(component.getAccessor().invoke(part), into);
        }
      }
      default -> {}
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "startup_us|startup_GB|engines[0].startup_GB': wrong unit",
        "capacity_GiB|capacity_Gib|missing; did you mean 'capacity_Gib'",
        "kind: hbm|kind: hmb|must be one of dram, hbm, pim, ",
        "{value: 80, source|{value: -80, source|'memory.capacity_GiB.value': must be positive, not -80",
        "{value: 80, source|{source|'memory.capacity_GiB.value': missing",
        "gemm_ratio: {value: 0.7, low: 0.55, high: 0.8|gemm_ratio: {value: 0.7, low: 0.55, high: 1.8|a share of the peak is at most 1",
        "place: host|plaec: host|missing; did you mean 'plaec'?",
        "stacks_count: {value: 5|stacks_count: {value: 0|must be",
        "power_W|pwer_W|unknown key; did you mean 'power_W'?",
      })
  void damagedFilesAreRefusedNamingFileLineAndKey(String sound, String damaged, String message)
      throws IOException {
    String yaml = text("h100-sxm");
    assertThat(yaml).contains(sound);

    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> DeviceCatalogue.parse("own.yaml", yaml.replace(sound, damaged)))
        .withMessageStartingWith("own.yaml line ")
        .withMessageContaining(message);
  }

  @Test
  void aUsersFileIsReadByPath(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("own.yaml");
    Files.writeString(file, text("h100-sxm").replace("name: h100-sxm", "name: own"));

    assertThat(DeviceCatalogue.find(file.toString()).name()).isEqualTo("own");
  }

  @Test
  void aMissSuggestsNearNames() {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> DeviceCatalogue.find("h100"))
        .withMessageContaining("unknown device 'h100'; did you mean 'h100");
  }
}
