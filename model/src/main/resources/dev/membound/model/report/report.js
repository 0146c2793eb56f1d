(() => {
  'use strict';

  const root = document.documentElement;
  const specs = JSON.parse(document.getElementById('charts').textContent);
  const NARROW = 560;
  const MOST_LEVELS = 9;
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
    return v.toLocaleString('en', {maximumSignificantDigits: Number.isInteger(v) ? 6 : 3});
  }

  function scaled(v, base, units) {
    let u = 0;
    while (v >= base && u < units.length - 1) { v /= base; u++; }
    return +v.toPrecision(3) + ' ' + units[u];
  }

  const TICKS = {
    NUMBER: plain,
    YEAR: (v) => Number.isInteger(v) ? String(v) : '',
    PERCENT: (v) => plain(v).replace('-', '−'),
    BYTES: (v) => scaled(v, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']),
    TOKENS: (v) => scaled(v, 1024, ['', 'Ki', 'Mi', 'Gi']).replace(' ', ''),
    SECONDS: (v) => v >= 1 ? plain(v) + ' s' : v >= 0.999e-3 ? plain(v * 1e3) + ' ms'
      : v >= 0.999e-6 ? plain(v * 1e6) + ' µs' : plain(v * 1e9) + ' ns',
  };

  // ---- parts of an option ----

  const pen = document.createElement('canvas').getContext('2d');
  const font = () => getComputedStyle(button).fontFamily;
  const text = (size = 12) => ({color: colour('quiet'), fontFamily: font(), fontSize: size});

  function axis(spec, extent, vertical, narrow) {
    const log = spec.scale !== 'LINEAR';
    let min = spec.min, max = spec.max;
    if (log && extent) {
      // whole decades or octaves would leave most of a short axis empty
      if (min === null) min = extent[0] / 1.6;
      if (max === null) max = extent[1] * 1.6;
    }
    return {
      type: log ? 'log' : 'value',
      min: min === null ? undefined : min,
      max: max === null ? undefined : max,
      name: vertical ? '' : spec.name, nameLocation: 'middle', nameGap: 30, nameTextStyle: text(),
      axisLabel: {...text(narrow ? 11 : 12), show: !log, hideOverlap: true, formatter: TICKS[spec.ticks]},
      splitNumber: narrow ? 4 : 6,
      axisLine: {show: !vertical, onZero: false, lineStyle: {color: colour('muted')}},
      axisTick: {show: false},
      splitLine: {show: !log, lineStyle: {color: colour('rule'), width: 1}},
    };
  }

  /** Round values between two ends, at most a few: 1-2-5 steps or decades, octaves or powers of two. */
  function roundValues(scale, min, max, most) {
    const grids = scale === 'LOG2'
      ? [1, 2, 5, 10, 20].map((step) => (e) => e % step === 0 ? [2 ** e] : [])
      : [[1, 2, 5], [1, 3], [1]].map((m) => (e) => m.map((f) => f * 10 ** e))
        .concat([2, 3, 6].map((step) => (e) => e % step === 0 ? [10 ** e] : []));
    const logOf = scale === 'LOG2' ? Math.log2 : Math.log10;
    let values = [];
    for (const grid of grids) {
      values = [];
      for (let e = Math.floor(logOf(min)); e <= Math.ceil(logOf(max)); e++) values.push(...grid(e));
      values = values.filter((v) => v >= min * 0.999 && v <= max * 1.001);
      if (values.length <= most) break;
    }
    return values;
  }

  /** Grid lines and labels of a logarithmic axis; ECharts itself labels whole powers only. */
  function logTicks(axisSpec, axisOption, vertical, most, narrow) {
    if (axisSpec.scale === 'LINEAR') return [];
    const format = TICKS[axisSpec.ticks];
    const values = roundValues(axisSpec.scale, axisOption.min, axisOption.max, most);
    const line = colour('rule');
    return [{
      type: 'custom', silent: true, z: 1, clip: false, data: values.map((v) => [v]),
      encode: vertical ? {x: [], y: 0} : {x: 0, y: []},
      renderItem(params, api) {
        const {x, y, width, height} = params.coordSys;
        const from = Math.log(axisOption.min), to = Math.log(axisOption.max);
        const part = (Math.log(api.value(0)) - from) / (to - from);
        const at = vertical ? y + height * (1 - part) : x + width * part;
        return {
          type: 'group',
          children: [
            {type: 'line', shape: vertical ? {x1: x, x2: x + width, y1: at, y2: at} : {x1: at, x2: at, y1: y, y2: y + height},
              style: {stroke: line, lineWidth: 1}},
            {type: 'text', x: vertical ? x - 8 : at, y: vertical ? at : y + height + 8,
              style: {text: format(api.value(0)), fill: colour('quiet'), font: (narrow ? 11 : 12) + 'px ' + font(),
                align: vertical ? 'right' : 'center', verticalAlign: vertical ? 'middle' : 'top'}},
          ],
        };
      },
    }];
  }

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
      grid: {left: 8, right: narrow ? 20 : 24, top: 28, bottom: 38, containLabel: true},
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
      data: series.marks.map((m) => ({value: [m.x, m.y], tip: m.tip})),
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

  /** Room for the labels of a vertical axis. */
  function leftOf(axisSpec, axisOption, narrow) {
    pen.font = (narrow ? 11 : 12) + 'px ' + font();
    const labels = axisSpec.scale === 'LINEAR' ? []
      : roundValues(axisSpec.scale, axisOption.min, axisOption.max, MOST_LEVELS).map(TICKS[axisSpec.ticks]);
    return Math.max(narrow ? 48 : 62, ...labels.map((label) => Math.ceil(pen.measureText(label).width) + 10));
  }

  function xyOption(spec, narrow) {
    const option = base(narrow);
    const extent = extents(spec);
    option.xAxis = axis(spec.x, extent.x, false, narrow);
    option.yAxis = axis(spec.y, extent.y, true, narrow);
    option.title = {text: spec.y.name, left: 0, top: 2, padding: 0, textStyle: {...text(), fontWeight: 'normal'}};
    option.grid = {left: leftOf(spec.y, option.yAxis, narrow), right: narrow ? 20 : 24, top: 28, bottom: 52};
    const lines = spec.lines.map((l) => ({
      type: 'line', name: l.name || undefined, silent: true, showSymbol: false, z: 2, clip: true,
      data: l.points, lineStyle: {...STROKES[l.stroke], color: colour(l.paint)},
      itemStyle: {color: colour(l.paint)},
    }));
    option.series = [
      ...logTicks(spec.x, option.xAxis, false, narrow ? 6 : 12, narrow),
      ...logTicks(spec.y, option.yAxis, true, MOST_LEVELS, narrow),
      ...lines, ...spec.series.flatMap((s) => [intervals(s, false), points(s)]),
    ];
    return option;
  }

  /**
   * Names along lines and beside points, placed once pixels are known: each takes the first place
   * that is still free, or stays away.
   */
  function placeNames(chart, spec, narrow, hidden) {
    const size = narrow ? 10 : 11;
    const pixel = (p) => chart.convertToPixel({xAxisIndex: 0, yAxisIndex: 0}, p);
    const left = chart.getOption().grid[0].left, right = chart.getWidth() - (narrow ? 20 : 24);
    const taken = [], texts = [];
    pen.font = size + 'px ' + font();

    // a line of one point, or of none, has no direction to write a name along
    const lines = spec.lines.filter((l) => l.points.length > 1);
    const levels = lines.filter((l) => l.points[0][1] === l.points[1][1]).map((l) => pixel(l.points[0])[1]);

    function put(words, paint, places, own) {
      const width = pen.measureText(words).width;
      for (const {x, y, angle = 0, align = 'left'} of places) {
        const c = Math.cos(angle), s = Math.sin(angle);
        const start = align === 'left' ? 0 : -width;
        // a slanted name is a row of small boxes
        const boxes = [];
        for (let d = 0; d <= width; d += 8) boxes.push([x + (start + d) * c, y - (start + d) * s - size / 2]);
        const free = levels.every((level) => level === own || Math.abs(level - y + size / 2) > size / 2 + 2)
          && boxes.every(([bx, by]) => bx >= left - 2 && bx <= right + 4 && by > 24
          && taken.every(([tx, ty]) => Math.abs(tx - bx) > 9 || Math.abs(ty - by) > size + 1));
        if (!free) continue;
        taken.push(...boxes);
        texts.push({
          type: 'text', x, y, rotation: angle, silent: true, z: 5,
          style: {
            text: words, fill: colour(paint), font: pen.font, align, verticalAlign: 'bottom',
            stroke: colour('page'), lineWidth: 3,
          },
        });
        return;
      }
    }

    // names keep clear of points and of each other
    const shown = spec.series.filter((s) => !hidden.has(s.name));
    const named = shown.flatMap((s) => s.marks.filter((m) => m.label !== ''));
    shown.flatMap((s) => s.marks).forEach((m) => { const [x, y] = pixel([m.x, m.y]); taken.push([x, y - size / 2 + 4]); });
    for (const l of lines.filter((n) => n.label !== '').reverse()) {
      const [ax, ay] = pixel(l.points[0]), [bx, by] = pixel(l.points[1]);
      const paint = l.paint === 'MUTED' ? 'quiet' : l.paint;
      if (bx < ax) {
        put(l.label, paint, [{x: ax - 4, y: ay - 5, align: 'right'}, {x: ax - 4, y: ay + size + 6, align: 'right'}], ay);
      } else {
        const angle = Math.atan2(ay - by, bx - ax);
        const along = (d, lift) => ({x: ax + d * Math.cos(angle) - lift * Math.sin(angle), y: ay - d * Math.sin(angle) - lift * Math.cos(angle), angle});
        const below = -size - 6;
        put(l.label, paint, [along(6, 5), along(6, below), along(120, 5), along(120, below)], ay);
      }
    }
    for (const m of named) {
      const [x, y] = pixel([m.x, m.y]);
      const half = size / 2 + 1;
      put(m.label, 'ink', [
        {x: x - 10, y: y + half, align: 'right'}, {x: x + 10, y: y + half}, {x: x + 10, y: y + 2 * half + 3},
        {x: x + 10, y: y - 3}, {x: x - 10, y: y + 2 * half + 3, align: 'right'}, {x: x - 10, y: y - 3, align: 'right'},
      ]);
    }
    chart.setOption({graphic: {elements: [{type: 'group', id: 'names', $action: 'replace', children: texts}]}});
  }

  // ---- rows ----

  const rowStep = (spec, narrow) =>
    Math.max(narrow ? 36 : 24, (spec.sideBySide ? spec.series.length : 1) * 9 + (narrow ? 22 : 12));

  function rowsOption(spec, narrow, width) {
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
    option.grid = {
      left: narrow ? 16 : rowLabelWidth(spec.rows.filter((r) => !r.heading).map((r) => r.label), width) + 16, right: narrow ? 20 : 28,
      top: spec.references.length ? 26 : 10, bottom: 48,
    };
    // a name stands left of its row, on a narrow page above the dots in it
    const names = {
      type: 'custom', silent: true, z: 2, clip: false, data: spec.rows.map((row, i) => [i]),
      encode: {y: 0, x: []},
      renderItem(params, api) {
        const {label, heading} = spec.rows[api.value(0)];
        const area = params.coordSys;
        const row = area.y + (api.value(0) + 0.5) * area.height / spec.rows.length;
        return {
          type: 'text',
          x: heading ? 0 : narrow ? area.x + 2 : area.x - 10,
          y: heading ? row + 4 : narrow ? row - step / 2 + 5 : row,
          style: {
            text: label, font: (heading ? '600 ' : '') + '12px ' + font(),
            fill: colour(heading ? 'quiet' : 'ink'),
            align: heading || narrow ? 'left' : 'right',
            verticalAlign: heading ? 'middle' : narrow ? 'top' : 'middle',
            stroke: colour('page'), lineWidth: heading || narrow ? 4 : 0,
            width: heading ? area.x + area.width : narrow ? area.width : area.x - 14,
            overflow: heading ? 'break' : 'truncate', lineHeight: 14,
          },
        };
      },
    };
    const middle = spec.sideBySide ? (spec.series.length - 1) / 2 : 0;
    const drop = narrow ? 8 : 0;
    option.series = [...logTicks(spec.x, option.xAxis, false, narrow ? 5 : 9, narrow), names, ...spec.series.flatMap((s, i) => {
      const offset = (spec.sideBySide ? (i - middle) * 9 : 0) + drop;
      return [intervals(s, true, offset), points(s, offset)];
    })];
    if (spec.references.length) {
      option.series.push({
        type: 'scatter', silent: true, data: [], z: 1,
        markLine: {
          silent: true, symbol: 'none', animation: false,
          lineStyle: {color: colour('muted'), type: 'solid', width: 1.2},
          label: {show: false},
          data: spec.references.map((r) => ({xAxis: r.x})),
        },
      });
    }
    return option;
  }

  /** Names over the vertical lines: the first takes the middle, others the sides, or stay away. */
  function placeReferences(chart, spec) {
    pen.font = '11px ' + font();
    const taken = [], texts = [];
    for (const {x, label} of spec.references) {
      const at = chart.convertToPixel({xAxisIndex: 0}, x);
      const width = pen.measureText(label).width;
      const left = [at - width / 2, at - width - 3, at + 3].find((from) => from >= 0 && from + width <= chart.getWidth()
        && taken.every(([a, b]) => from > b + 6 || from + width < a - 6));
      if (left === undefined) continue;
      taken.push([left, left + width]);
      texts.push({
        type: 'text', x: left, y: 20, silent: true, z: 5,
        style: {text: label, fill: colour('quiet'), font: pen.font, verticalAlign: 'bottom'},
      });
    }
    chart.setOption({graphic: {elements: [{type: 'group', id: 'references', $action: 'replace', children: texts}]}});
  }

  function rowLabelWidth(rows, width) {
    pen.font = '12px ' + font();
    return Math.min(0.42 * width, Math.max(...rows.flatMap((r) => r.split('\n')).map((r) => pen.measureText(r).width)));
  }

  // ---- bars ----

  const linesOf = (spec) => Math.max(1, ...spec.categories.map((c) => c.split('\n').length));
  const BAR = 34, NARROW_BAR = 22;
  const barStep = (spec, narrow) => narrow ? NARROW_BAR + 6 + 30 * linesOf(spec) : BAR + 24;

  function barsOption(spec, narrow) {
    const option = base(narrow);
    // on a narrow page a lying bar has its name above it
    const above = narrow && spec.horizontal;
    const along = axis(spec.value, null, !spec.horizontal, narrow);
    const categories = {
      type: 'category', data: spec.categories, inverse: spec.horizontal,
      name: spec.horizontal ? '' : spec.categoryName, nameLocation: 'middle', nameGap: narrow ? 56 : 30, nameTextStyle: text(),
      axisTick: {show: false}, axisLine: {lineStyle: {color: colour('muted')}},
      axisLabel: {
        ...text(narrow ? 10 : 12), color: colour('ink'), interval: 0, show: !above,
        rotate: narrow ? 45 : 0, lineHeight: 15,
        width: 220, overflow: spec.horizontal ? 'break' : 'none',
      },
    };
    if (!spec.horizontal) option.title = {text: spec.value.name, left: 0, top: 2, padding: 0, textStyle: {...text(), fontWeight: 'normal'}};
    if (spec.horizontal) option.grid.top = 8;
    if (narrow && !spec.horizontal) option.grid.bottom = 34;
    option.xAxis = spec.horizontal ? along : categories;
    option.yAxis = spec.horizontal ? categories : along;
    option.series = spec.series.map((s) => ({
      type: 'bar', name: s.name, stack: 'all', barMaxWidth: above ? NARROW_BAR : spec.horizontal ? BAR : 60,
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
    if (above) {
      option.series.push({
        type: 'custom', silent: true, z: 3, clip: false, data: spec.categories.map((c, i) => [i]),
        encode: {y: 0, x: []},
        renderItem(params, api) {
          const area = params.coordSys;
          const middle = area.y + (api.value(0) + 0.5) * area.height / spec.categories.length;
          return {
            type: 'text', x: area.x + 2, y: middle - NARROW_BAR / 2 - 2,
            style: {
              text: spec.categories[api.value(0)], font: '12px ' + font(), fill: colour('ink'),
              verticalAlign: 'bottom', lineHeight: 15, stroke: colour('page'), lineWidth: 4,
            },
          };
        },
      });
    }
    return option;
  }

  // ---- one chart ----

  const OPTIONS = {XyChart: xyOption, RowChart: rowsOption, BarChart: barsOption};

  function height(spec, width, narrow) {
    if (spec.kind === 'RowChart') return spec.rows.length * rowStep(spec, narrow) + (spec.references.length ? 74 : 58);
    if (spec.kind === 'BarChart') return spec.horizontal ? spec.categories.length * barStep(spec, narrow) + 58 : 320;
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

  function legend(box, spec, toggled) {
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
        toggled(name, !shown);
      });
      box.append(item);
    }
  }

  let drawn = 0;

  function create(container) {
    const spec = specs[container.dataset.chart];
    let chart = null;
    let width = 0;
    const hidden = new Set();
    const toggled = (name, shown) => {
      if (shown) hidden.delete(name); else hidden.add(name);
      draw();
    };
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
        legend(container.previousElementSibling, spec, toggled);
      } else {
        chart.resize();
      }
      const option = OPTIONS[spec.kind](spec, narrow, width);
      chart.setOption(option, true);
      hidden.forEach((name) => chart.dispatchAction({type: 'legendUnSelect', name}));
      if (spec.kind === 'XyChart') placeNames(chart, spec, narrow, hidden);
      if (spec.kind === 'RowChart') placeReferences(chart, spec);
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
