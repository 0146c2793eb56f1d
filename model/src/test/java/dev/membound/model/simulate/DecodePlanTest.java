package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.Profiles;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.KvSelection.QuestTopK;
import dev.membound.model.workload.Sharding;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecodePlanTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  static Stream<LlmArchitecture> models() {
    return LlmCatalogue.all().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyModelIsPlannedAsItIsSimulatedBitForBit(LlmArchitecture model) {
    HardwareSystem one = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 1);
    for (KvSelection selection : List.of(new Dense(), new QuestTopK(16, 2048))) {
      same(one, model, F16, selection, 20);
    }
  }

  @Test
  void tensorParallelStepsArePlannedAsTheyAreSimulated() {
    HardwareSystem eight = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 8);
    Formats fp8 = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.F16);

    same(eight, LlmCatalogue.find("llama-3.1-70b"), fp8, new Dense(), 200);
    same(eight, LlmCatalogue.find("deepseek-v3.2"), fp8, new Dense(), 50);
  }

  @Test
  void aMemoryOfItsOwnForTheKvCacheIsPlannedAsItIsSimulated() {
    HardwareSystem flash = HardwareSystem.of(DeviceCatalogue.find("h100-hbf"), 1);

    same(flash, LlmCatalogue.find("llama-3.1-70b"), F16, new Dense(), 20);
    same(flash, LlmCatalogue.find("qwen3-next-80b-a3b"), F16, new Dense(), 20);
  }

  @Test
  void unevenPipelinesArePlannedAsTheyAreSimulated() {
    DeviceProfile h100 = DeviceCatalogue.find("h100-sxm");
    HardwareSystem seven = HardwareSystem.of(h100, new Sharding(1, 7, 1, 2, 1, 0));

    same(seven, LlmCatalogue.find("llama-3.1-70b"), F16, new Dense(), 50);
  }

  @Test
  void systemsWhoseEnginesDependOnTheSizeAreSimulated() {
    LlmArchitecture model = LlmCatalogue.find("tiny");
    HardwareSystem pim = HardwareSystem.of(DeviceCatalogue.find("hbm-pim"), 1);
    HardwareSystem modules =
        HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 1)
            .withKvModules(DeviceCatalogue.find("cxl-pnm"), 1);
    HardwareSystem cpu = HardwareSystem.of(CpuDevice.from(Profiles.twoThreads()), 1);
    Formats q4 = new Formats(DataFormat.Q4_0, DataFormat.F16, DataFormat.F32);

    same(pim, model, F16, new Dense(), 20);
    same(modules, model, F16, new QuestTopK(16, 512), 20);
    same(cpu, model, q4, new Dense(), 20);
  }

  private static void same(
      HardwareSystem system,
      LlmArchitecture model,
      Formats formats,
      KvSelection selection,
      int points) {
    DecodePlan plan = DecodePlan.of(system, model, formats, selection);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < points; i++) {
      // Few batches, so that they come again with other contexts, and some beyond what is
      // remembered.
      int batch = random.nextInt(10) == 0 ? random.nextInt(1000, 5000) : random.nextInt(1, 30);
      long context = random.nextLong(0, 150_000);
      DecodeWorkload workload = new DecodeWorkload(batch, context, formats, selection);

      assertThat(plan.seconds(batch, context))
          .as("batch %d, context %d", batch, context)
          .isEqualTo(Simulator.bestSeconds(system, model, workload));
    }
  }

  @Test
  void whatCannotRunIsRefusedWhenPlanning() {
    HardwareSystem three = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 3);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DecodePlan.of(three, LlmCatalogue.find("llama-3.1-8b"), F16, new Dense()))
        .withMessageContaining("does not divide the 32 query heads");
  }

  @Test
  void sizesThatMakeNoSenseAreRefused() {
    DecodePlan plan =
        DecodePlan.of(
            HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 1),
            LlmCatalogue.find("tiny"),
            F16,
            new Dense());

    assertThatIllegalArgumentException().isThrownBy(() -> plan.seconds(0, 10));
    assertThatIllegalArgumentException().isThrownBy(() -> plan.seconds(1, -1));
  }
}
