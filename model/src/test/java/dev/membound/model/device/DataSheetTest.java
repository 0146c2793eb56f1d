package dev.membound.model.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices and memories give the numbers of their data sheets at the ideal limit. */
class DataSheetTest {
  private static final Percentage EXACT = Percentage.withPercentage(1e-7);

  private static double idealStream(MemoryModel model) {
    return model.ideal().bytesPerSecond(AccessPattern.streamRead(), Draw.best());
  }

  @ParameterizedTest
  @CsvSource({
    // device, GB, GB/s, F16 TFLOPS, W
    "a100-sxm-40gb, 40, 1555, 312, 400",
    "a100-sxm-80gb, 85.89934592, 2039, 312, 400",
    "h100-sxm, 85.89934592, 3350, 989, 700",
    "h100-pcie, 85.89934592, 2000, 756.5, 350",
    "h200-sxm, 141, 4800, 989, 700",
    "b200-sxm, 193.27352832, 7700, 2250, 1000",
    "gb200, 186, 8000, 2500, 1200",
    "b300-sxm, 288, 7750, 2250, 1100",
    "gb300, 288, 8000, 2500, 1400",
    "rubin, 288, 22000, 4000, 1800",
    "mi300x, 192, 5300, 1307, 750",
    "mi325x, 256, 6000, 1307, 1000",
    "mi355x, 288, 8000, 2517, 1400",
    "gaudi3, 128, 3700, 1678, 900",
    "tpu-v4, 32, 1200, 275, 340",
    "tpu-v5e, 16, 819, 197, 225",
    "tpu-v5p, 95, 2765, 459, 540",
    "tpu-v6e, 32, 1640, 918, 380",
    "tpu-v7, 206.158430208, 7380, 2307, 960",
    "groq-lpu, 0.23, 80000, 188, 215",
    "cerebras-wse3, 44, 21000000, 15600, 23000",
    "rtx-4090, 24, 1008, 330, 450",
    "v100-sxm2, 32, 898, 125, 300",
    "l4, 24, 300, 121, 72",
  })
  void processors(
      String name, double gigabytes, double gigabytesPerSecond, double teraflops, double watts) {
    DeviceProfile device = DeviceCatalogue.find(name);

    assertThat(device.memory().capacityBytes().value()).isCloseTo(gigabytes * 1e9, EXACT);
    assertThat(idealStream(device.memory().model())).isCloseTo(gigabytesPerSecond * 1e9, EXACT);
    assertThat(device.mainEngine().peak(DataFormat.F16).value()).isCloseTo(teraflops * 1e12, EXACT);
    assertThat(device.power().map(Quantity::value)).contains(watts);
  }

  @ParameterizedTest
  @CsvSource({
    // device, GB, GB/s near, GB/s of the host
    "hbm-pim, 24, 4915.2, 1228.8",
    "aim, 34.359738368, 32768, 2048",
    "upmem, 171.530256384, 1789.2, 20",
    "axdimm, 64, 51.2, 25.6",
    "cxl-pnm, 512, 1100, 64",
    "structera-a, 4096, 204.8, 64",
    "cmm-dc, 4000, 200, 64",
    "h100-base-die, 240, 8192, 8192",
    "h100-custom-3d, 240, 32768, 8192",
  })
  void nearMemories(String name, double gigabytes, double near, double host) {
    MemoryTier memory = DeviceCatalogue.find(name).memory();

    assertThat(memory.capacityBytes().value()).isCloseTo(gigabytes * 1e9, EXACT);
    assertThat(idealStream(((NearMemory) memory.model()).near())).isCloseTo(near * 1e9, EXACT);
    assertThat(idealStream(memory.model())).isCloseTo(host * 1e9, EXACT);
  }

  @ParameterizedTest
  @CsvSource({
    "ddr4-3200, 32, 25.6",
    "ddr5-6400, 64, 51.2",
    "mrdimm-8800, 64, 70.4",
    "lpddr5-6400, 16, 51.2",
    "lpddr5x-8533, 64, 136",
    "gddr6, 2, 64",
    "hbm2, 8, 256",
    "hbm2e, 16, 409.6",
    "hbm3, 24, 819.2",
    "hbm3e, 36, 1024",
    "hbm4, 64, 2048",
    "hbm4-6400, 48, 1638.4",
    "hbf, 512, 1638",
    "hbf-gen2, 1024, 2000",
    "hbf-gen3, 1536, 3200",
    "nvme, 4096, 4",
    "nvme-gen5, 4096, 14.5",
    "cxl-dram, 256, 64",
    "cxl-pool, 8192, 1000",
  })
  void memories(String name, double gigabytes, double gigabytesPerSecond) {
    MemoryTier tier = MemoryCatalogue.find(name).tier();

    assertThat(tier.capacityBytes().value()).isCloseTo(gigabytes * 1e9, EXACT);
    assertThat(idealStream(tier.model())).isCloseTo(gigabytesPerSecond * 1e9, EXACT);
  }

  @Test
  void everyMemoryIsNamedAfterItsFileAndEveryValueHasASource() {
    assertThat(MemoryCatalogue.all())
        .hasSizeGreaterThanOrEqualTo(19)
        .allSatisfy(
            part -> {
              assertThat(MemoryCatalogue.find(part.name())).isEqualTo(part);
              assertThat(part.tier().quantities()).hasSizeGreaterThan(5);
              assertThat(part.tier().quantities().values())
                  .allSatisfy(q -> assertThat(q.source()).isNotBlank());
            });
  }
}
