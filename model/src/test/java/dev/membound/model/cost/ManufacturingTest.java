package dev.membound.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManufacturingTest {
  private static final Draw BEST = Draw.best();
  private final Manufacturing making = Manufacturing.standard();

  private static Quantity value(double value, String unit) {
    return Quantity.exact(value, unit, Provenance.ASSUMED, "test");
  }

  private static ProcessNode sevenNanometres(double defectsPerSquareMillimetre) {
    return new ProcessNode(
        value(7e-9, "m"),
        value(2.15 * 3.6e10, "J/m^2"),
        value(275 * 10, "kg CO2e/m^2"),
        value(13.22e4, "USD/m^2"),
        value(defectsPerSquareMillimetre * 1e6, "1/m^2"));
  }

  @Test
  void carbonOfADieIsThatOfActByHand() {
    // ACT: (642 g/kWh x 2.15 kWh/cm2 + 275 g/cm2 + 500 g/cm2) for 1 cm2 without losses.
    double kg = sevenNanometres(0).dieCarbon(1e-4, 642e-3 / 3.6e6, 5000, BEST);
    assertThat(kg).isCloseTo(2.1553, within(1e-9));
  }

  @Test
  void yieldFallsWithTheAreaAndRaisesPriceAndCarbon() {
    // (1 + 100 mm2 x 0.0015 / 3)^-3
    assertThat(sevenNanometres(0.0015).workingShare(1e-4, BEST)).isCloseTo(0.863838, within(1e-6));
    assertThat(sevenNanometres(0.0015).diePrice(8e-4, BEST))
        .isGreaterThan(8 * sevenNanometres(0.0015).diePrice(1e-4, BEST));
    assertThat(sevenNanometres(0).diePrice(1e-4, BEST)).isCloseTo(13.22, within(1e-9));
  }

  @Test
  void anH100BuiltUpIsNearItsPublishedFootprint() {
    DeviceProfile h100 = DeviceCatalogue.find("h100-sxm");
    assertThat(making.embodiedCarbon(h100, BEST)).isEqualTo(164);
    assertThat(making.builtCarbon(h100, BEST)).isCloseTo(164, within(0.15 * 164));
    assertThat(making.buildsUp(h100)).isFalse();
  }

  @Test
  void thePublishedPriceOfAnH100LiesWithinTheIntervalOfTheBuiltOne() {
    DeviceProfile device = DeviceCatalogue.find("h100-sxm");
    double low = making.builtPrice(device, 2025, Quantity::low);
    double high = making.builtPrice(device, 2025, Quantity::high);
    assertThat(making.price(device, 2025, BEST)).isBetween(low, high);
  }

  @ParameterizedTest
  @CsvSource({
    "h100-sxm, HBM",
    "h100-custom-3d, HBM",
    "cxl-pnm, LPDDR",
    "h100-hbf, HBF",
    "rtx-4090, GDDR",
    "groq-lpu, SRAM",
    "cmm-dc, DDR"
  })
  void theTechnologyOfAMemoryIsTold(String device, MemoryTechnology technology) {
    assertThat(MemoryTechnology.of(DeviceCatalogue.find(device).memory())).isEqualTo(technology);
  }

  @Test
  void severalPartsAreMadeOfWhatOneIs() {
    for (String name : List.of("hbf", "nvme", "lpddr5-6400", "gddr6", "ddr5-6400", "hbm3e")) {
      MemoryTier one = MemoryCatalogue.find(name).tier();
      assertThat(MemoryTechnology.of(one.times(3))).as(name).isEqualTo(MemoryTechnology.of(one));
    }
  }

  @Test
  void aMemoryThatNothingPricesIsRefusedInsteadOfPricedAsDdr() {
    MemoryTier aim = DeviceCatalogue.find("aim").memory();
    MemoryTier unknown =
        new MemoryTier("inside", aim.capacityBytes(), ((NearMemory) aim.model()).near());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryTechnology.of(unknown))
        .withMessage(
            "memory inside: MemoryTechnology.of has no technology for AllBanks, so nothing prices"
                + " it");
  }
}
