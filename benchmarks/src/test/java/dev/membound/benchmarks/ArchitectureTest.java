package dev.membound.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The picture in {@code docs/architecture.md}, held true. */
@AnalyzeClasses(packages = "dev.membound", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule kernelsKnowOnlyTheJdk =
      classes()
          .that()
          .resideInAPackage("dev.membound.kernels..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.membound.kernels..", "java..", "javax..", "jdk.incubator.vector..");

  @ArchTest
  static final ArchRule modelKnowsNeitherKernelsNorBenchmarks =
      noClasses()
          .that()
          .resideInAPackage("dev.membound.model..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.membound.kernels..", "dev.membound.benchmarks..", "org.openjdk.jmh..");

  @ArchTest
  static final ArchRule onlyTheCommandLineKnowsPicocli =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.membound.benchmarks.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule kernelPackagesHaveNoCycles =
      slices().matching("dev.membound.kernels.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule modelPackagesHaveNoCycles =
      slices().matching("dev.membound.model.(*)..").should().beFreeOfCycles();
}
