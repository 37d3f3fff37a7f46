import type { GicVersion } from './found-controller.ts';
import type { Candidate, Frame, RedistributorRegion } from './candidate.ts';

/** Where a board has its controller, as its documentation or its device tree says: facts, nothing is read for them. */
export interface Board {
  /** What the launch configuration names it by. */
  readonly id: string;
  readonly name: string;
  readonly version: GicVersion;
  readonly distributor: number;
  readonly cpuInterface: Frame | null;
  readonly hypervisorInterface: number | null;
  readonly virtualCpuInterface: number | null;
  readonly redistributors: readonly RedistributorRegion[];
  readonly its: readonly number[];
  /** Where the addresses are written. */
  readonly source: string;
}

/** GICD, GICC, GICH, GICV, and how much address space GICC has: 8 KB, or 128 KB where its pages are repeated. */
function v2(
  id: string,
  name: string,
  [distributor, cpuInterface, hypervisorInterface, virtualCpuInterface]: readonly [number, number, number?, number?],
  source: string,
  cpuInterfaceSize = 0x2000,
): Board {
  return {
    id,
    name,
    version: 'v2',
    distributor,
    cpuInterface: { base: cpuInterface, size: cpuInterfaceSize },
    hypervisorInterface: hypervisorInterface ?? null,
    virtualCpuInterface: virtualCpuInterface ?? null,
    redistributors: [],
    its: [],
    source,
  };
}

interface FramesV3 {
  readonly gicd: number;
  /** Base and size of the redistributors; the size is null where it depends on the number of CPUs. */
  readonly gicr: readonly [number, number | null];
  readonly its?: readonly number[];
  /** GICC, GICH, GICV, for CPUs with the legacy interface. */
  readonly legacy?: readonly [number, number, number];
}

function v3(id: string, name: string, { gicd, gicr, its = [], legacy }: FramesV3, source: string): Board {
  return {
    id,
    name,
    version: 'v3',
    distributor: gicd,
    cpuInterface: legacy ? { base: legacy[0], size: null } : null,
    hypervisorInterface: legacy?.[1] ?? null,
    virtualCpuInterface: legacy?.[2] ?? null,
    redistributors: [{ base: gicr[0], size: gicr[1], stride: null }],
    its,
    source,
  };
}

/** Linux's device trees. */
const LINUX = 'Linux arch/arm64/boot/dts/';

// prettier-ignore
export const BOARDS: readonly Board[] = [
  v2('qemu-virt-v2', 'QEMU virt, gic-version=2', [0x800_0000, 0x801_0000], 'QEMU 7.2, info mtree of -M virt'),
  v3('qemu-virt-v3', 'QEMU virt, gic-version=3', { gicd: 0x800_0000, gicr: [0x80a_0000, 0xf6_0000], its: [0x808_0000] }, 'QEMU 7.2, info mtree of -M virt'),
  v3('qemu-sbsa-ref', 'QEMU sbsa-ref', { gicd: 0x4006_0000, gicr: [0x4008_0000, null] }, 'QEMU 7.2, info mtree of -M sbsa-ref'),
  v3('fvp-base', 'Arm FVP Base and Foundation, GICv3', { gicd: 0x2f00_0000, gicr: [0x2f10_0000, 0x20_0000], its: [0x2f02_0000], legacy: [0x2c00_0000, 0x2c01_0000, 0x2c02_f000] }, `${LINUX}arm/fvp-base-revc.dts, foundation-v8-gicv3.dtsi`),
  v2('fvp-legacy', 'Arm FVP VE and Foundation, GICv2 in the legacy memory map', [0x2c00_1000, 0x2c00_2000, 0x2c00_4000, 0x2c00_6000], `${LINUX}arm/foundation-v8-gicv2.dtsi, rtsm_ve-aemv8a.dts`),
  v2('juno', 'Arm Juno', [0x2c01_0000, 0x2c02_f000, 0x2c04_f000, 0x2c06_f000], `${LINUX}arm/juno-base.dtsi`),
  v2('bcm2711', 'Raspberry Pi 4 (BCM2711)', [0xff84_1000, 0xff84_2000, 0xff84_4000, 0xff84_6000], 'Linux arch/arm/boot/dts/broadcom/bcm2711.dtsi'),
  v2('bcm2712', 'Raspberry Pi 5 (BCM2712)', [0x10_7fff_9000, 0x10_7fff_a000, 0x10_7fff_c000, 0x10_7fff_e000], `${LINUX}broadcom/bcm2712.dtsi`),
  v3('imx8mq', 'NXP i.MX 8M Quad', { gicd: 0x3880_0000, gicr: [0x3888_0000, 0xc_0000], legacy: [0x3100_0000, 0x3101_0000, 0x3102_0000] }, `${LINUX}freescale/imx8mq.dtsi`),
  v3('imx8mm', 'NXP i.MX 8M Mini, Nano, Plus', { gicd: 0x3880_0000, gicr: [0x3888_0000, 0xc_0000] }, `${LINUX}freescale/imx8mm.dtsi, imx8mn.dtsi, imx8mp.dtsi`),
  v3('imx8qm', 'NXP i.MX 8 QuadMax', { gicd: 0x51a0_0000, gicr: [0x51b0_0000, 0xc_0000], legacy: [0x5200_0000, 0x5201_0000, 0x5202_0000] }, `${LINUX}freescale/imx8qm.dtsi`),
  v3('imx8qxp', 'NXP i.MX 8 QuadXPlus', { gicd: 0x51a0_0000, gicr: [0x51b0_0000, 0xc_0000] }, `${LINUX}freescale/imx8qxp.dtsi`),
  v3('imx8ulp', 'NXP i.MX 8ULP', { gicd: 0x2d40_0000, gicr: [0x2d44_0000, 0xc_0000] }, `${LINUX}freescale/imx8ulp.dtsi`),
  v3('imx93', 'NXP i.MX 93', { gicd: 0x4800_0000, gicr: [0x4804_0000, 0xc_0000] }, `${LINUX}freescale/imx91_93_common.dtsi`),
  v3('imx95', 'NXP i.MX 95', { gicd: 0x4800_0000, gicr: [0x4806_0000, 0xc_0000], its: [0x4804_0000] }, `${LINUX}freescale/imx95.dtsi`),
  v3('ls1028a', 'NXP Layerscape LS1028A', { gicd: 0x600_0000, gicr: [0x604_0000, 0x4_0000], its: [0x602_0000] }, `${LINUX}freescale/fsl-ls1028a.dtsi`),
  v3('ls2088a', 'NXP Layerscape LS2088A', { gicd: 0x600_0000, gicr: [0x610_0000, 0x10_0000], its: [0x602_0000], legacy: [0xc0c_0000, 0xc0d_0000, 0xc0e_0000] }, `${LINUX}freescale/fsl-ls208xa.dtsi`),
  v3('lx2160a', 'NXP Layerscape LX2160A', { gicd: 0x600_0000, gicr: [0x620_0000, 0x20_0000], its: [0x602_0000], legacy: [0xc0c_0000, 0xc0d_0000, 0xc0e_0000] }, `${LINUX}freescale/fsl-lx2160a.dtsi`),
  v2('zynqmp', 'AMD Zynq UltraScale+ MPSoC', [0xf901_0000, 0xf902_0000, 0xf904_0000, 0xf906_0000], `${LINUX}xilinx/zynqmp.dtsi`, 0x2_0000),
  v3('versal', 'AMD Versal', { gicd: 0xf900_0000, gicr: [0xf908_0000, 0x8_0000], its: [0xf902_0000] }, "the vendor's Linux (linux-xlnx), arch/arm64/boot/dts/xilinx/versal.dtsi; QEMU 7.2, xlnx-versal-virt"),
  v3('versal-net', 'AMD Versal NET', { gicd: 0xe200_0000, gicr: [0xe206_0000, 0x20_0000], its: [0xe204_0000] }, `${LINUX}xilinx/versal-net.dtsi`),
  v3('rk3399', 'Rockchip RK3399', { gicd: 0xfee0_0000, gicr: [0xfef0_0000, 0xc_0000], its: [0xfee2_0000], legacy: [0xfff0_0000, 0xfff1_0000, 0xfff2_0000] }, `${LINUX}rockchip/rk3399-base.dtsi`),
  v3('rk3568', 'Rockchip RK3566, RK3568', { gicd: 0xfd40_0000, gicr: [0xfd46_0000, 0x8_0000], its: [0xfd44_0000] }, `${LINUX}rockchip/rk356x-base.dtsi`),
  v3('rk3588', 'Rockchip RK3588', { gicd: 0xfe60_0000, gicr: [0xfe68_0000, 0x10_0000], its: [0xfe64_0000, 0xfe66_0000] }, `${LINUX}rockchip/rk3588-base.dtsi`),
  v2('tegra210', 'NVIDIA Jetson Nano, TX1 (Tegra210)', [0x5004_1000, 0x5004_2000, 0x5004_4000, 0x5004_6000], `${LINUX}nvidia/tegra210.dtsi`),
  v2('tegra186', 'NVIDIA Jetson TX2 (Tegra186)', [0x388_1000, 0x388_2000, 0x388_4000, 0x388_6000], `${LINUX}nvidia/tegra186.dtsi`),
  v2('tegra194', 'NVIDIA Jetson Xavier (Tegra194)', [0x388_1000, 0x388_2000, 0x388_4000, 0x388_6000], `${LINUX}nvidia/tegra194.dtsi`),
  v3('tegra234', 'NVIDIA Jetson Orin (Tegra234)', { gicd: 0xf40_0000, gicr: [0xf44_0000, 0x20_0000] }, `${LINUX}nvidia/tegra234.dtsi`),
  v3('am62', 'TI AM62x', { gicd: 0x180_0000, gicr: [0x188_0000, 0xc_0000], its: [0x182_0000], legacy: [0x1_0000_0000, 0x1_0001_0000, 0x1_0002_0000] }, `${LINUX}ti/k3-am62-main.dtsi`),
  v3('am64', 'TI AM64x', { gicd: 0x180_0000, gicr: [0x184_0000, 0xc_0000], its: [0x182_0000], legacy: [0x1_0000_0000, 0x1_0001_0000, 0x1_0002_0000] }, `${LINUX}ti/k3-am64-main.dtsi`),
  v3('j721e', 'TI J721E (TDA4VM)', { gicd: 0x180_0000, gicr: [0x190_0000, 0x10_0000], its: [0x182_0000], legacy: [0x6f00_0000, 0x6f01_0000, 0x6f02_0000] }, `${LINUX}ti/k3-j721e-main.dtsi`),
  v2('stm32mp25', 'ST STM32MP25', [0x4ac1_0000, 0x4ac2_0000, 0x4ac4_0000, 0x4ac6_0000], `${LINUX}st/stm32mp251.dtsi`, 0x2_0000),
  v2('sun50i-a64', 'Allwinner A64', [0x1c8_1000, 0x1c8_2000, 0x1c8_4000, 0x1c8_6000], `${LINUX}allwinner/sun50i-a64.dtsi`),
  v2('sun50i-h6', 'Allwinner H6, H616, H618', [0x302_1000, 0x302_2000, 0x302_4000, 0x302_6000], `${LINUX}allwinner/sun50i-h6.dtsi, sun50i-h616.dtsi`),
  v2('meson-gx', 'Amlogic S905, S905X (GX)', [0xc430_1000, 0xc430_2000, 0xc430_4000, 0xc430_6000], `${LINUX}amlogic/meson-gx.dtsi`),
  v2('meson-g12', 'Amlogic S905X2, S922X (G12)', [0xffc0_1000, 0xffc0_2000, 0xffc0_4000, 0xffc0_6000], `${LINUX}amlogic/meson-g12-common.dtsi`),
  v2('agilex', 'Altera Stratix 10, Agilex 7', [0xfffc_1000, 0xfffc_2000, 0xfffc_4000, 0xfffc_6000], `${LINUX}altera/socfpga_stratix10.dtsi, intel/socfpga_agilex.dtsi`),
  v3('agilex5', 'Altera Agilex 5', { gicd: 0x1d00_0000, gicr: [0x1d06_0000, 0x10_0000], its: [0x1d04_0000] }, `${LINUX}intel/socfpga_agilex5.dtsi`),
  v2('rcar-h3', 'Renesas R-Car H3', [0xf101_0000, 0xf102_0000, 0xf104_0000, 0xf106_0000], `${LINUX}renesas/r8a77951.dtsi`, 0x2_0000),
  v3('rzg2l', 'Renesas RZ/G2L', { gicd: 0x1190_0000, gicr: [0x1194_0000, 0x4_0000] }, `${LINUX}renesas/r9a07g044.dtsi`),
  v3('sdm845', 'Qualcomm SDM845', { gicd: 0x17a0_0000, gicr: [0x17a6_0000, 0x10_0000] }, `${LINUX}qcom/sdm845.dtsi`),
  v2('msm8916', 'Qualcomm MSM8916, APQ8016', [0xb00_0000, 0xb00_2000, 0xb00_1000, 0xb00_4000], `${LINUX}qcom/msm8916.dtsi`),
  v2('hi6220', 'HiSilicon Kirin 620 (HiKey)', [0xf680_1000, 0xf680_2000, 0xf680_4000, 0xf680_6000], `${LINUX}hisilicon/hi6220.dtsi`),
  v2('hi3660', 'HiSilicon Kirin 960 (HiKey 960)', [0xe82b_1000, 0xe82b_2000, 0xe82b_4000, 0xe82b_6000], `${LINUX}hisilicon/hi3660.dtsi`),
  v3('armada-3700', 'Marvell Armada 3700', { gicd: 0xd1d0_0000, gicr: [0xd1d4_0000, 0x4_0000], legacy: [0xd1d8_0000, 0xd1d9_0000, 0xd1da_0000] }, `${LINUX}marvell/armada-37xx.dtsi`),
];

export function boardNamed(id: string): Board | null {
  return BOARDS.find((board) => board.id === id) ?? null;
}

export function candidateOfBoard({ id, name, source, ...frames }: Board): Candidate {
  return {
    ...frames,
    foundBy: 'board',
    origin: `the board ${id}, ${name} (${source})`,
    affinities: null,
    cpus: null,
    spis: null,
    notes: [],
  };
}
