// The plan seen flat from straight above, for whoever's browser draws no 3D.

import { element } from './controls.js';

export class FlatPlan {
  constructor(scene) {
    this.scene = scene;
    this.element = element('div', { class: 'plan-view', hidden: true });
    this.element.addEventListener('click', (event) => this.clicked(event));
  }

  /** Shows the map of the picture that is in front. */
  async show() {
    const { planView, alt, alts, plans } = this.scene.data;
    this.scene.stage.hidden = true;
    this.element.hidden = false;
    if (!planView) return;
    try {
      if (this.address !== planView) {
        const answer = await fetch(new URL(planView, document.baseURI));
        if (!answer.ok) throw new Error(`plan view: ${answer.status}`);
        const drawn = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement;
        this.element.replaceChildren(document.importNode(drawn, true));
        this.address = planView;
      }
      const picture = this.element.querySelector('svg');
      picture.setAttribute('aria-label', alts[this.scene.front] || alt);
      const active = new Set(plans[this.scene.front]);
      for (const part of picture.querySelectorAll('[data-plan]')) part.style.display = active.has(part.dataset.plan) ? '' : 'none';
      for (const part of picture.querySelectorAll('[data-taken-by]'))
        part.classList.toggle('goes', part.dataset.takenBy.split(' ').some((plan) => active.has(plan)));
    } catch (error) {
      console.error('wijktwin plan view:', error);
    }
  }

  clicked(event) {
    const { layer, index } = event.target.closest?.('[data-layer]')?.dataset ?? {};
    if (layer) this.scene.pointing.tell({ layer, index: Number(index), sight: null, pane: this.scene.front });
  }
}
