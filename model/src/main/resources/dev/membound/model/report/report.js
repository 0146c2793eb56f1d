(() => {
  'use strict';

  const root = document.documentElement;
  const specs = JSON.parse(document.getElementById('charts').textContent);
  const NARROW = 560;
  const SYMBOLS = {
    CIRCLE: 'circle', DIAMOND: 'diamond', SQUARE: 'rect', TRIANGLE: 'triangle', RING: 'circle',
  };
  const SIZES = {CIRCLE: 8, DIAMOND: 10, SQUARE: 8, TRIANGLE: 11, RING: 8};
  const STROKES = {
    SOLID: {type: 'solid', width: 2}, THIN: {type: 'solid', width: 1.2},
    DASHED: {type: [6, 4], width: 1.3}, DOTTED: {type: [1.5, 3.5], width: 1.5},
  };

  // ---- theme ----

  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const button = document.getElementById('theme');
  let chosen = null;

  function applyTheme() {
    const dark = chosen ? chosen === 'dark' : systemDark.matches;
    root.dataset.theme = dark ? 'dark' : 'light';
    button.textContent = dark ? 'Light' : 'Dark';
  }

  // the style sheet's light-dark() pairs become colours only in a computed style
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  function colour(name) {
    probe.style.color = `var(--${name.toLowerCase()})`;
    return getComputedStyle(probe).color;
  }

  // ---- numbers on axes ----

  function plain(v) {
    if (v === 0) return '0';
    const a = Math.abs(v);
    if (a >= 1e6 || a < 1e-4) {
      const exponent = Math.floor(Math.log10(a) + 1e-9);
      const digits = [...String(exponent)].map((d) => d === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[d]).join('');
      const mantissa = +(v / 10 ** exponent).toPrecision(3);
      return (mantissa === 1 ? '' : mantissa + '·') + '10' + digits;
    }
    return (+v.toPrecision(3)).toLocaleString('en');
  }

  function scaled(v, base, units) {
    let u = 0;
    while (v >= base && u < units.length - 1) { v /= base; u++; }
    return +v.toPrecision(3) + ' ' + units[u];
  }

  const TICKS = {
    NUMBER: plain,
    PERCENT: (v) => plain(v).replace('-', '−'),
    BYTES: (v) => scaled(v, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']),
    TOKENS: (v) => scaled(v, 1024, ['', 'Ki', 'Mi', 'Gi']).replace(' ', ''),
    SECONDS: (v) => v >= 1 ? plain(v) + ' s' : v >= 0.999e-3 ? plain(v * 1e3) + ' ms'
      : v >= 0.999e-6 ? plain(v * 1e6) + ' µs' : plain(v * 1e9) + ' ns',
  };

  // ---- parts of an option ----

  const font = () => getComputedStyle(button).fontFamily;
  const text = (size = 12) => ({color: colour('quiet'), fontFamily: font(), fontSize: size});

  function axis(spec, extent, vertical, narrow) {
    const log = spec.scale !== 'LINEAR';
    const base = spec.scale === 'LOG2' ? 2 : 10;
    let min = spec.min, max = spec.max;
    if (log && extent) {
      // whole decades or octaves would leave most of a short axis empty
      if (min === null) min = extent[0] / 1.6;
      if (max === null) max = extent[1] * 1.6;
    }
    const octaves = log ? Math.log2(max / min) : 0;
    return {
      type: log ? 'log' : 'value',
      logBase: base,
      min: min === null ? undefined : min,
      max: max === null ? undefined : max,
      name: spec.name,
      nameLocation: vertical ? 'end' : 'middle',
      nameGap: vertical ? 12 : 30,
      nameTextStyle: {...text(), align: vertical ? 'left' : 'center', padding: vertical ? [0, 0, 0, -52] : 0},
      axisLabel: {
        ...text(narrow ? 11 : 12),
        hideOverlap: true,
        showMinLabel: !log, showMaxLabel: !log,
        formatter: octaves > (narrow ? 5 : 12) && base === 2 && !vertical ? everyOther(TICKS[spec.ticks]) : TICKS[spec.ticks],
      },
      splitNumber: log ? 10 : narrow ? 4 : 6,
      axisLine: {show: !vertical, lineStyle: {color: colour('muted')}},
      axisTick: {show: false},
      splitLine: {show: true, lineStyle: {color: colour('rule'), width: 1}},
      minorTick: {show: false},
    };
  }

  const everyOther = (format) => (v) => Math.round(Math.log2(v)) % 2 === 0 ? format(v) : '';

  function tip(params) {
    const words = params.data && params.data.tip;
    if (!words) return '';
    const box = document.createElement('div');
    box.className = 'tip';
    box.textContent = words;
    return box;
  }

  function base(narrow) {
    return {
      animation: false,
      textStyle: {fontFamily: font()},
      tooltip: {
        trigger: 'item', confine: true, formatter: tip,
        backgroundColor: colour('page'), borderColor: colour('muted'), borderWidth: 1,
        textStyle: {color: colour('ink')}, padding: [6, 10], extraCssText: 'box-shadow:none',
      },
      legend: {show: false},
      grid: {left: 8, right: narrow ? 14 : 24, top: 34, bottom: 38, containLabel: true},
    };
  }

  /** The interval of a point: a line with two caps, along x or along y. */
  function intervals(series, alongX, offset) {
    const stroke = colour(series.paint);
    return {
      type: 'custom', name: series.name, silent: true, z: 3,
      data: series.marks.filter((m) => m.high > m.low)
        .map((m) => [m.x, m.y, m.low, m.high]),
      encode: alongX ? {x: [0, 2, 3], y: 1} : {x: 0, y: [1, 2, 3]},
      clip: true,
      renderItem(params, api) {
        const at = (v) => alongX ? api.coord([v, api.value(1)]) : api.coord([api.value(0), v]);
        const [x1, y1] = at(api.value(2)), [x2, y2] = at(api.value(3));
        const o = offset || 0, cap = 3;
        const shapes = alongX
          ? [[x1, y1 + o, x2, y2 + o], [x1, y1 + o - cap, x1, y1 + o + cap], [x2, y2 + o - cap, x2, y2 + o + cap]]
          : [[x1, y1, x2, y2], [x1 - cap, y1, x1 + cap, y1], [x2 - cap, y2, x2 + cap, y2]];
        return {
          type: 'group',
          children: shapes.map(([a, b, c, d]) => ({
            type: 'line', shape: {x1: a, y1: b, x2: c, y2: d},
            style: {stroke, lineWidth: 1.3, opacity: 0.75},
          })),
        };
      },
    };
  }

  function points(series, offset, size) {
    const paint = colour(series.paint);
    const hollow = series.symbol === 'RING';
    return {
      type: 'scatter', name: series.name, z: 4,
      symbol: SYMBOLS[series.symbol], symbolSize: SIZES[series.symbol] * (size || 1),
      symbolOffset: [0, offset || 0],
      itemStyle: {
        color: hollow ? colour('page') : paint,
        borderColor: hollow ? paint : colour('page'), borderWidth: hollow ? 1.7 : 0.8,
      },
      data: series.marks.map((m) => ({value: [m.x, m.y], tip: m.tip, label: {
        show: m.label !== '', formatter: m.label, position: 'right', distance: 7,
        color: colour('ink'), fontSize: 11, textBorderColor: colour('page'), textBorderWidth: 3,
      }})),
      labelLayout: {hideOverlap: true, moveOverlap: 'shiftY'},
      emphasis: {scale: 1.4},
    };
  }

  // ---- x–y ----

  function extents(spec) {
    const xs = [], ys = [];
    spec.lines.forEach((l) => l.points.forEach(([x, y]) => { xs.push(x); ys.push(y); }));
    spec.series.forEach((s) => s.marks.forEach((m) => { xs.push(m.x); ys.push(m.y, m.low, m.high); }));
    const of = (v) => [Math.min(...v.filter((n) => n > 0)), Math.max(...v)];
    return {x: of(xs), y: of(ys)};
  }

  function xyOption(spec, narrow) {
    const option = base(narrow);
    const extent = extents(spec);
    option.xAxis = axis(spec.x, extent.x, false, narrow);
    option.yAxis = axis(spec.y, extent.y, true, narrow);
    const lines = spec.lines.map((l) => ({
      type: 'line', name: l.name || undefined, silent: true, showSymbol: false, z: 2, clip: true,
      data: l.points, lineStyle: {...STROKES[l.stroke], color: colour(l.paint)},
      itemStyle: {color: colour(l.paint)},
    }));
    option.series = [...lines, ...spec.series.flatMap((s) => [intervals(s, false), points(s)])];
    return option;
  }

  /** Names of lines, written along them once pixels are known. */
  function lineNames(chart, spec, narrow) {
    const named = spec.lines.filter((l) => l.label !== '');
    if (named.length === 0) return;
    const taken = [];
    const texts = [];
    const right = chart.getWidth() - (narrow ? 14 : 24);
    for (const l of named) {
      const [ax, ay] = chart.convertToPixel({xAxisIndex: 0, yAxisIndex: 0}, l.points[0]);
      const [bx, by] = chart.convertToPixel({xAxisIndex: 0, yAxisIndex: 0}, l.points[1]);
      const fromRight = bx < ax;
      const angle = fromRight ? 0 : Math.atan2(ay - by, bx - ax);
      const width = l.label.length * (narrow ? 5.2 : 5.9);
      const x = fromRight ? Math.min(ax, right) - 4 : ax + 6;
      const along = fromRight ? 0 : 6;
      const y = ay - Math.tan(angle) * along - 5;
      // compare where names would lie; of two in one place the first stays
      const box = {x0: fromRight ? x - width : x, x1: fromRight ? x : x + Math.cos(angle) * width, y, angle};
      const clash = taken.some((t) => Math.abs(t.y - y) < 13 && t.x0 < box.x1 && box.x0 < t.x1);
      if (clash) continue;
      taken.push(box);
      texts.push({
        type: 'text', x, y, rotation: angle, silent: true, z: 5,
        style: {
          text: l.label, fill: colour(l.paint === 'MUTED' ? 'quiet' : l.paint), font: (narrow ? 10 : 11) + 'px ' + font(),
          align: fromRight ? 'right' : 'left', verticalAlign: 'bottom',
          stroke: colour('page'), lineWidth: 3,
        },
      });
    }
    chart.setOption({graphic: texts});
  }

  // ---- rows ----

  const rowStep = (spec, narrow) =>
    Math.max(narrow ? 36 : 24, spec.series.length * 9 + (narrow ? 22 : 12));

  function rowsOption(spec, narrow) {
    const option = base(narrow);
    const values = spec.series.flatMap((s) => s.marks.flatMap((m) => [m.x, m.low, m.high]))
      .concat(spec.references.map((r) => r.x)).filter((v) => spec.x.scale === 'LINEAR' || v > 0);
    option.xAxis = axis(spec.x, [Math.min(...values), Math.max(...values)], false, narrow);
    const step = rowStep(spec, narrow);
    option.yAxis = {
      type: 'value', inverse: true, min: -0.5, max: spec.rows.length - 0.5, interval: 1,
      axisLine: {show: false}, axisTick: {show: false}, axisLabel: {show: false},
      splitLine: {show: true, lineStyle: {color: colour('rule')}},
    };
    option.grid.left = narrow ? 8 : rowLabelWidth(spec.rows) + 16;
    option.grid.containLabel = false;
    option.grid.right = narrow ? 14 : 28;
    option.grid.bottom = 48;
    option.grid.top = spec.references.length ? 26 : 10;
    // a name stands left of its row, on a narrow page above the dots in it
    const names = {
      type: 'custom', silent: true, z: 2, clip: false, data: spec.rows.map((name, i) => [i]),
      encode: {y: 0, x: []},
      renderItem(params, api) {
        const y = api.coord([0, api.value(0)])[1] || 0;
        const area = params.coordSys;
        const row = area.y + (api.value(0) + 0.5) * area.height / spec.rows.length;
        return {
          type: 'text',
          x: narrow ? area.x + 2 : area.x - 10,
          y: narrow ? row - step / 2 + 3 : row,
          style: {
            text: spec.rows[api.value(0)], font: '12px ' + font(), fill: colour('ink'),
            align: narrow ? 'left' : 'right', verticalAlign: narrow ? 'top' : 'middle',
            stroke: colour('page'), lineWidth: narrow ? 3 : 0,
            width: narrow ? area.width : area.x - 14, overflow: 'truncate',
          },
        };
      },
    };
    const middle = (spec.series.length - 1) / 2;
    const drop = narrow ? 8 : 0;
    option.series = [names, ...spec.series.flatMap((s, i) => {
      const offset = (i - middle) * 9 + drop;
      return [intervals(s, true, offset), points(s, offset)];
    })];
    if (spec.references.length) {
      option.series.push({
        type: 'scatter', silent: true, data: [], z: 1,
        markLine: {
          silent: true, symbol: 'none', animation: false,
          lineStyle: {color: colour('muted'), type: 'solid', width: 1.2},
          label: {...text(11), position: 'start', distance: 6},
          data: spec.references.map((r) => ({xAxis: r.x, label: {formatter: r.label}})),
        },
      });
      option.series[option.series.length - 1].markLine.label.position = 'end';
    }
    return option;
  }

  const pen = document.createElement('canvas').getContext('2d');
  function rowLabelWidth(rows) {
    pen.font = '12px ' + font();
    return Math.min(300, Math.max(...rows.flatMap((r) => r.split('\n')).map((r) => pen.measureText(r).width)));
  }

  // ---- bars ----

  function barsOption(spec, narrow) {
    const option = base(narrow);
    const along = axis(spec.value, null, !spec.horizontal, narrow);
    const categories = {
      type: 'category', data: spec.categories, inverse: spec.horizontal,
      name: spec.categoryName, nameLocation: 'middle', nameGap: narrow ? 44 : 30, nameTextStyle: text(),
      axisTick: {show: false}, axisLine: {lineStyle: {color: colour('muted')}},
      axisLabel: {
        ...text(narrow && !spec.horizontal ? 10 : 12), color: colour('ink'), interval: 0,
        rotate: narrow && !spec.horizontal ? 45 : 0, lineHeight: 15,
        width: narrow ? 92 : 220, overflow: spec.horizontal ? 'break' : 'none',
      },
    };
    if (spec.horizontal) along.nameGap = 30;
    if (narrow && !spec.horizontal) option.grid.bottom = 58;
    option.xAxis = spec.horizontal ? along : categories;
    option.yAxis = spec.horizontal ? categories : along;
    option.series = spec.series.map((s) => ({
      type: 'bar', name: s.name, stack: 'all', barMaxWidth: spec.horizontal ? 34 : 60,
      barCategoryGap: spec.horizontal ? '35%' : '18%',
      itemStyle: {color: colour(s.paint), borderColor: colour('page'), borderWidth: 1},
      data: s.segments.map((g) => g === null ? null : {
        value: g.value, tip: g.tip,
        label: {
          show: spec.horizontal && g.label !== '' && g.value >= (narrow ? 24 : 9),
          formatter: g.label, color: colour('page'), fontSize: 11,
        },
      }),
    }));
    return option;
  }

  // ---- one chart ----

  const OPTIONS = {XyChart: xyOption, RowChart: rowsOption, BarChart: barsOption};

  function height(spec, width, narrow) {
    if (spec.kind === 'RowChart') return spec.rows.length * rowStep(spec, narrow) + (spec.references.length ? 74 : 58);
    if (spec.kind === 'BarChart') return spec.horizontal ? spec.categories.length * 58 + 84 : 320;
    return Math.round(Math.min(560, Math.max(340, width * 0.56)));
  }

  function glyph(paint, symbol) {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    const path = document.createElementNS(ns, 'path');
    const shapes = {
      CIRCLE: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8', RING: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8',
      DIAMOND: 'M6 1L11 6L6 11L1 6Z', SQUARE: 'M2 2H10V10H2Z', TRIANGLE: 'M6 1L11 10H1Z', LINE: 'M0 6H12',
    };
    svg.setAttribute('width', 12);
    svg.setAttribute('height', 12);
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', shapes[symbol]);
    const hollow = symbol === 'RING' || symbol === 'LINE';
    path.style.fill = hollow ? 'none' : `var(--${paint.toLowerCase()})`;
    path.style.stroke = `var(--${paint.toLowerCase()})`;
    path.style.strokeWidth = hollow ? 2 : 0;
    svg.append(path);
    return svg;
  }

  function legend(box, spec, chart) {
    const entries = [];
    if (spec.kind === 'XyChart') {
      spec.lines.filter((l) => l.name !== '').forEach((l) => entries.push([l.name, l.paint, 'LINE']));
    }
    spec.series.filter((s) => s.name !== '')
      .forEach((s) => entries.push([s.name, s.paint, s.symbol || 'SQUARE']));
    if (entries.length === 0) return;
    for (const [name, paint, symbol] of entries) {
      const item = document.createElement('button');
      item.type = 'button';
      item.setAttribute('aria-pressed', 'true');
      item.append(glyph(paint, symbol), name);
      item.addEventListener('click', () => {
        const shown = item.getAttribute('aria-pressed') === 'true';
        item.setAttribute('aria-pressed', String(!shown));
        chart.dispatchAction({type: shown ? 'legendUnSelect' : 'legendSelect', name});
      });
      box.append(item);
    }
  }

  let drawn = 0;

  function create(container) {
    const spec = specs[container.dataset.chart];
    let chart = null;
    let width = 0;
    function draw() {
      width = container.clientWidth;
      const narrow = width < NARROW;
      container.style.height = height(spec, width, narrow) + 'px';
      if (chart === null) {
        chart = echarts.init(container, null, {renderer: 'svg'});
        chart.on('finished', function first() {
          chart.off('finished', first);
          root.dataset.chartsDrawn = String(++drawn);
        });
        legend(container.previousElementSibling, spec, chart);
      } else {
        chart.resize();
      }
      const option = OPTIONS[spec.kind](spec, narrow);
      chart.setOption(option, true);
      if (spec.kind === 'XyChart') lineNames(chart, spec, narrow);
      container.previousElementSibling.querySelectorAll('[aria-pressed="false"]')
        .forEach((item) => chart.dispatchAction({type: 'legendUnSelect', name: item.textContent}));
    }
    draw();
    return {draw, resized: () => container.clientWidth !== width};
  }

  applyTheme();
  const containers = [...document.querySelectorAll('.chart')];
  root.dataset.charts = String(containers.length);
  root.dataset.chartsDrawn = '0';
  const charts = containers.map(create);
  const redraw = () => charts.forEach((c) => c.draw());

  button.addEventListener('click', () => {
    chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    applyTheme();
    redraw();
  });
  systemDark.addEventListener('change', () => { applyTheme(); redraw(); });
  let pending = 0;
  addEventListener('resize', () => {
    clearTimeout(pending);
    pending = setTimeout(() => charts.filter((c) => c.resized()).forEach((c) => c.draw()), 120);
  });

  // paper is white and as wide as it is
  let before = null;
  addEventListener('beforeprint', () => {
    before = chosen;
    chosen = 'light';
    applyTheme();
    document.body.style.width = '44rem';
    redraw();
  });
  addEventListener('afterprint', () => {
    chosen = before;
    document.body.style.width = '';
    applyTheme();
    redraw();
  });
})();
