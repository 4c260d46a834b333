/// The texts of one model with four compartments, as Dendrify 1.0.9 and 2.2.0 print them.
enum DendrifyTexts {
  struct Model {
    let equations: String
    let parameters: [String: String]
    let events: [(name: String, condition: String, action: String)]
  }

  /// dSpikes of version 1: conductances that decay.
  static let exponential = Model(
    equations: """
      dV_soma/dt = (gL_soma * (EL_soma-V_soma) + I_soma) / C_soma  :volt
      I_soma = I_ext_soma + I_trunk_soma  + I_noise_soma  :amp
      I_ext_soma  :amp
      dI_noise_soma/dt = (mean_noise_soma-I_noise_soma) / tau_noise_soma + sigma_noise_soma * (sqrt(2/(tau_noise_soma*dt)) * randn()) :amp
      I_trunk_soma = (V_trunk-V_soma) * g_trunk_soma  :amp

      dV_trunk/dt = (gL_trunk * (EL_trunk-V_trunk) + I_trunk) / C_trunk  :volt
      I_trunk = I_ext_trunk + I_prox_trunk  + I_soma_trunk  + I_Na_trunk + I_Kn_trunk  :amp
      I_ext_trunk  :amp
      I_Na_trunk = g_Na_trunk * (E_Na-V_trunk)  :amp
      I_Kn_trunk = g_Kn_trunk * (E_K-V_trunk)  :amp
      dg_Na_trunk/dt = -g_Na_trunk/tau_Na  :siemens
      dg_Kn_trunk/dt = -g_Kn_trunk/tau_Kn  :siemens
      allow_I_Na_trunk  :boolean
      allow_I_Kn_trunk  :boolean
      timer_Na_trunk  :second
      I_soma_trunk = (V_soma-V_trunk) * g_soma_trunk  :amp
      I_prox_trunk = (V_prox-V_trunk) * g_prox_trunk  :amp

      dV_prox/dt = (gL_prox * (EL_prox-V_prox) + I_prox) / C_prox  :volt
      I_prox = I_ext_prox + I_dist_prox  + I_trunk_prox  + I_Na_prox + I_Kn_prox + I_GABA_Y_prox + I_NMDA_Y_prox  :amp
      I_ext_prox  :amp
      I_NMDA_Y_prox = g_NMDA_Y_prox * (E_NMDA-V_prox) * x_NMDA_Y_prox / (1 + Mg * exp(-alpha*(V_prox/mV+gamma)) / beta) * w_NMDA_Y_prox  :amp
      dx_NMDA_Y_prox/dt = (-x_NMDA_Y_prox/t_NMDA_decay_Y_prox) + s_NMDA_Y_prox/ms  :1
      ds_NMDA_Y_prox/dt = -s_NMDA_Y_prox / t_NMDA_rise_Y_prox  :1
      I_GABA_Y_prox = g_GABA_Y_prox * (E_GABA-V_prox) * s_GABA_Y_prox * w_GABA_Y_prox  :amp
      ds_GABA_Y_prox/dt = -s_GABA_Y_prox / t_GABA_decay_Y_prox  :1
      I_Na_prox = g_Na_prox * (E_Na-V_prox)  :amp
      I_Kn_prox = g_Kn_prox * (E_K-V_prox)  :amp
      dg_Na_prox/dt = -g_Na_prox/tau_Na  :siemens
      dg_Kn_prox/dt = -g_Kn_prox/tau_Kn  :siemens
      allow_I_Na_prox  :boolean
      allow_I_Kn_prox  :boolean
      timer_Na_prox  :second
      I_trunk_prox = (V_trunk-V_prox) * g_trunk_prox  :amp
      I_dist_prox = (V_dist-V_prox) * g_dist_prox  :amp

      dV_dist/dt = (gL_dist * (EL_dist-V_dist) + I_dist) / C_dist  :volt
      I_dist = I_ext_dist + I_prox_dist  + I_Na_dist + I_Kn_dist + I_AMPA_X_dist  :amp
      I_ext_dist  :amp
      I_AMPA_X_dist = g_AMPA_X_dist * (E_AMPA-V_dist) * s_AMPA_X_dist * w_AMPA_X_dist  :amp
      ds_AMPA_X_dist/dt = -s_AMPA_X_dist / t_AMPA_decay_X_dist  :1
      I_Na_dist = g_Na_dist * (E_Na-V_dist)  :amp
      I_Kn_dist = g_Kn_dist * (E_K-V_dist)  :amp
      dg_Na_dist/dt = -g_Na_dist/tau_Na  :siemens
      dg_Kn_dist/dt = -g_Kn_dist/tau_Kn  :siemens
      allow_I_Na_dist  :boolean
      allow_I_Kn_dist  :boolean
      timer_Na_dist  :second
      I_prox_dist = (V_prox-V_dist) * g_prox_dist  :amp
      """,
    parameters: [
      "tau_noise_soma": "20 ms",
      "sigma_noise_soma": "3 pA",
      "mean_noise_soma": "0 A",
      "g_trunk_soma": "15 nS",
      "EL_soma": "-60 mV",
      "C_soma": "54.97787144 pF",
      "gL_soma": "2.19911486 nS",
      "Vth_Na_trunk": "-40 mV",
      "g_Na_trunk_max": "34 nS",
      "g_Kn_trunk_max": "27.2 nS",
      "g_soma_trunk": "15 nS",
      "g_prox_trunk": "10 nS",
      "EL_trunk": "-60 mV",
      "C_trunk": "32.98672286 pF",
      "gL_trunk": "1.31946891 nS",
      "w_NMDA_Y_prox": "1",
      "g_NMDA_Y_prox": "1 nS",
      "t_NMDA_rise_Y_prox": "2 ms",
      "t_NMDA_decay_Y_prox": "60 ms",
      "w_GABA_Y_prox": "1",
      "g_GABA_Y_prox": "1 nS",
      "t_GABA_decay_Y_prox": "5 ms",
      "Vth_Na_prox": "-40 mV",
      "g_Na_prox_max": "15.3 nS",
      "g_Kn_prox_max": "12.24 nS",
      "g_trunk_prox": "10 nS",
      "g_dist_prox": "4 nS",
      "EL_prox": "-60 mV",
      "C_prox": "13.19468915 pF",
      "gL_prox": "0.52778757 nS",
      "w_AMPA_X_dist": "1",
      "g_AMPA_X_dist": "1 nS",
      "t_AMPA_decay_X_dist": "5 ms",
      "Vth_Na_dist": "-40 mV",
      "g_Na_dist_max": "7 nS",
      "g_Kn_dist_max": "5.6 nS",
      "g_prox_dist": "4 nS",
      "EL_dist": "-60 mV",
      "C_dist": "6.59734457 pF",
      "gL_dist": "263.8937829 pS",
      "E_AMPA": "0 V",
      "E_NMDA": "0 V",
      "E_GABA": "-80 mV",
      "E_Na": "70 mV",
      "E_K": "-89 mV",
      "E_Ca": "136 mV",
      "Mg": "1.0",
      "alpha": "0.062",
      "beta": "3.57",
      "gamma": "0",
      "refractory_Na": "5 ms",
      "offset_Kn": "200 us",
      "tau_Na": "0.6 ms",
      "tau_Kn": "1.2 ms",
    ],
    events: [
      (
        "activate_I_Na_trunk",
        "V_trunk > Vth_Na_trunk and allow_I_Na_trunk and t > timer_Na_trunk + refractory_Na",
        "g_Na_trunk += g_Na_trunk_max; allow_I_Na_trunk=False; allow_I_Kn_trunk=True; timer_Na_trunk = t"
      ),
      (
        "activate_I_Kn_trunk",
        "t > (timer_Na_trunk + offset_Kn) and allow_I_Kn_trunk",
        "g_Kn_trunk += g_Kn_trunk_max; allow_I_Kn_trunk=False; allow_I_Na_trunk=True"
      ),
      (
        "activate_I_Na_prox",
        "V_prox > Vth_Na_prox and allow_I_Na_prox and t > timer_Na_prox + refractory_Na",
        "g_Na_prox += g_Na_prox_max; allow_I_Na_prox=False; allow_I_Kn_prox=True; timer_Na_prox = t"
      ),
      (
        "activate_I_Kn_prox",
        "t > (timer_Na_prox + offset_Kn) and allow_I_Kn_prox",
        "g_Kn_prox += g_Kn_prox_max; allow_I_Kn_prox=False; allow_I_Na_prox=True"
      ),
      (
        "activate_I_Na_dist",
        "V_dist > Vth_Na_dist and allow_I_Na_dist and t > timer_Na_dist + refractory_Na",
        "g_Na_dist += g_Na_dist_max; allow_I_Na_dist=False; allow_I_Kn_dist=True; timer_Na_dist = t"
      ),
      (
        "activate_I_Kn_dist",
        "t > (timer_Na_dist + offset_Kn) and allow_I_Kn_dist",
        "g_Kn_dist += g_Kn_dist_max; allow_I_Kn_dist=False; allow_I_Na_dist=True"
      ),
    ])

  /// dSpikes of version 2: square pulses, counted in steps.
  static let pulse = Model(
    equations: """
      dV_soma/dt = (gL_soma * (EL_soma-V_soma) + I_soma) / C_soma  :volt
      I_soma = I_ext_soma + I_trunk_soma  + I_noise_soma  :amp
      I_ext_soma  :amp
      dI_noise_soma/dt = (mean_noise_soma-I_noise_soma) / tau_noise_soma + sigma_noise_soma * (sqrt(2/(tau_noise_soma*dt)) * randn()) :amp
      I_trunk_soma = (V_trunk-V_soma) * g_trunk_soma  :amp

      dV_trunk/dt = (gL_trunk * (EL_trunk-V_trunk) + I_trunk) / C_trunk  :volt
      I_trunk = I_ext_trunk + I_prox_trunk  + I_soma_trunk  + I_rise_Na_trunk + I_fall_Na_trunk  :amp
      I_ext_trunk  :amp
      I_rise_Na_trunk = g_rise_Na_trunk * (E_rise_Na-V_trunk)  :amp
      I_fall_Na_trunk = g_fall_Na_trunk * (E_fall_Na-V_trunk)  :amp
      g_rise_Na_trunk = g_rise_max_Na_trunk * int(t_in_timesteps <= spiketime_Na_trunk + duration_rise_Na_trunk) * gate_Na_trunk :siemens
      g_fall_Na_trunk = g_fall_max_Na_trunk * int(t_in_timesteps <= spiketime_Na_trunk + offset_fall_Na_trunk + duration_fall_Na_trunk) * int(t_in_timesteps >= spiketime_Na_trunk + offset_fall_Na_trunk) *  gate_Na_trunk :siemens
      spiketime_Na_trunk  :1
      gate_Na_trunk  :1
      I_soma_trunk = (V_soma-V_trunk) * g_soma_trunk  :amp
      I_prox_trunk = (V_prox-V_trunk) * g_prox_trunk  :amp

      dV_prox/dt = (gL_prox * (EL_prox-V_prox) + I_prox) / C_prox  :volt
      I_prox = I_ext_prox + I_dist_prox  + I_trunk_prox  + I_rise_Na_prox + I_fall_Na_prox + I_GABA_Y_prox + I_AMPA_Y_prox  :amp
      I_ext_prox  :amp
      I_AMPA_Y_prox = g_AMPA_Y_prox * (E_AMPA-V_prox) * x_AMPA_Y_prox * w_AMPA_Y_prox  :amp
      dx_AMPA_Y_prox/dt = (-x_AMPA_Y_prox/t_AMPA_decay_Y_prox) + s_AMPA_Y_prox/ms  :1
      ds_AMPA_Y_prox/dt = -s_AMPA_Y_prox / t_AMPA_rise_Y_prox  :1
      I_GABA_Y_prox = g_GABA_Y_prox * (E_GABA-V_prox) * x_GABA_Y_prox * w_GABA_Y_prox  :amp
      dx_GABA_Y_prox/dt = (-x_GABA_Y_prox/t_GABA_decay_Y_prox) + s_GABA_Y_prox/ms  :1
      ds_GABA_Y_prox/dt = -s_GABA_Y_prox / t_GABA_rise_Y_prox  :1
      I_rise_Na_prox = g_rise_Na_prox * (E_rise_Na-V_prox)  :amp
      I_fall_Na_prox = g_fall_Na_prox * (E_fall_Na-V_prox)  :amp
      g_rise_Na_prox = g_rise_max_Na_prox * int(t_in_timesteps <= spiketime_Na_prox + duration_rise_Na_prox) * gate_Na_prox :siemens
      g_fall_Na_prox = g_fall_max_Na_prox * int(t_in_timesteps <= spiketime_Na_prox + offset_fall_Na_prox + duration_fall_Na_prox) * int(t_in_timesteps >= spiketime_Na_prox + offset_fall_Na_prox) *  gate_Na_prox :siemens
      spiketime_Na_prox  :1
      gate_Na_prox  :1
      I_trunk_prox = (V_trunk-V_prox) * g_trunk_prox  :amp
      I_dist_prox = (V_dist-V_prox) * g_dist_prox  :amp

      dV_dist/dt = (gL_dist * (EL_dist-V_dist) + I_dist) / C_dist  :volt
      I_dist = I_ext_dist + I_prox_dist  + I_rise_Na_dist + I_fall_Na_dist + I_NMDA_X_dist + I_AMPA_X_dist  :amp
      I_ext_dist  :amp
      I_AMPA_X_dist = g_AMPA_X_dist * (E_AMPA-V_dist) * s_AMPA_X_dist * w_AMPA_X_dist  :amp
      ds_AMPA_X_dist/dt = -s_AMPA_X_dist / t_AMPA_decay_X_dist  :1
      I_NMDA_X_dist = g_NMDA_X_dist * (E_NMDA-V_dist) * x_NMDA_X_dist / (1 + Mg_con * exp(-Alpha_NMDA*(V_dist/mV+Gamma_NMDA)) / Beta_NMDA) * w_NMDA_X_dist  :amp
      dx_NMDA_X_dist/dt = (-x_NMDA_X_dist/t_NMDA_decay_X_dist) + s_NMDA_X_dist/ms  :1
      ds_NMDA_X_dist/dt = -s_NMDA_X_dist / t_NMDA_rise_X_dist  :1
      I_rise_Na_dist = g_rise_Na_dist * (E_rise_Na-V_dist)  :amp
      I_fall_Na_dist = g_fall_Na_dist * (E_fall_Na-V_dist)  :amp
      g_rise_Na_dist = g_rise_max_Na_dist * int(t_in_timesteps <= spiketime_Na_dist + duration_rise_Na_dist) * gate_Na_dist :siemens
      g_fall_Na_dist = g_fall_max_Na_dist * int(t_in_timesteps <= spiketime_Na_dist + offset_fall_Na_dist + duration_fall_Na_dist) * int(t_in_timesteps >= spiketime_Na_dist + offset_fall_Na_dist) *  gate_Na_dist :siemens
      spiketime_Na_dist  :1
      gate_Na_dist  :1
      I_prox_dist = (V_prox-V_dist) * g_prox_dist  :amp
      """,
    parameters: [
      "tau_noise_soma": "20 ms",
      "sigma_noise_soma": "1 pA",
      "mean_noise_soma": "0 A",
      "g_trunk_soma": "15 nS",
      "EL_soma": "-60 mV",
      "C_soma": "54.97787144 pF",
      "gL_soma": "2.19911486 nS",
      "E_AMPA": "0 V",
      "E_NMDA": "0 V",
      "E_GABA": "-80 mV",
      "E_Na": "70 mV",
      "E_K": "-89 mV",
      "E_Ca": "136 mV",
      "Mg_con": "1.0",
      "Alpha_NMDA": "0.062",
      "Beta_NMDA": "3.57",
      "Gamma_NMDA": "0",
      "g_soma_trunk": "15 nS",
      "g_prox_trunk": "10 nS",
      "Vth_Na_trunk": "-35 mV",
      "g_rise_max_Na_trunk": "20 nS",
      "g_fall_max_Na_trunk": "20 nS",
      "E_rise_Na": "70 mV",
      "E_fall_Na": "-89 mV",
      "duration_rise_Na_trunk": "12",
      "duration_fall_Na_trunk": "24",
      "offset_fall_Na_trunk": "2",
      "refractory_Na_trunk": "50",
      "EL_trunk": "-60 mV",
      "C_trunk": "32.98672286 pF",
      "gL_trunk": "1.31946891 nS",
      "w_AMPA_Y_prox": "1.0",
      "g_AMPA_Y_prox": "1 nS",
      "t_AMPA_rise_Y_prox": "1 ms",
      "t_AMPA_decay_Y_prox": "5 ms",
      "w_GABA_Y_prox": "1.0",
      "g_GABA_Y_prox": "1 nS",
      "t_GABA_rise_Y_prox": "1 ms",
      "t_GABA_decay_Y_prox": "5 ms",
      "g_trunk_prox": "10 nS",
      "g_dist_prox": "4 nS",
      "Vth_Na_prox": "-35 mV",
      "g_rise_max_Na_prox": "10 nS",
      "g_fall_max_Na_prox": "10 nS",
      "duration_rise_Na_prox": "12",
      "duration_fall_Na_prox": "24",
      "offset_fall_Na_prox": "2",
      "refractory_Na_prox": "50",
      "EL_prox": "-60 mV",
      "C_prox": "13.19468915 pF",
      "gL_prox": "0.52778757 nS",
      "w_AMPA_X_dist": "1.0",
      "g_AMPA_X_dist": "1 nS",
      "t_AMPA_decay_X_dist": "5 ms",
      "w_NMDA_X_dist": "1.0",
      "g_NMDA_X_dist": "1 nS",
      "t_NMDA_rise_X_dist": "2 ms",
      "t_NMDA_decay_X_dist": "60 ms",
      "g_prox_dist": "4 nS",
      "Vth_Na_dist": "-35 mV",
      "g_rise_max_Na_dist": "5 nS",
      "g_fall_max_Na_dist": "5 nS",
      "duration_rise_Na_dist": "12",
      "duration_fall_Na_dist": "24",
      "offset_fall_Na_dist": "2",
      "refractory_Na_dist": "50",
      "EL_dist": "-60 mV",
      "C_dist": "6.59734457 pF",
      "gL_dist": "263.8937829 pS",
    ],
    events: [
      (
        "spike_Na_trunk",
        "V_trunk >= Vth_Na_trunk and t_in_timesteps >= spiketime_Na_trunk + refractory_Na_trunk * gate_Na_trunk",
        "spiketime_Na_trunk = t_in_timesteps; gate_Na_trunk = 1"
      ),
      (
        "spike_Na_prox",
        "V_prox >= Vth_Na_prox and t_in_timesteps >= spiketime_Na_prox + refractory_Na_prox * gate_Na_prox",
        "spiketime_Na_prox = t_in_timesteps; gate_Na_prox = 1"
      ),
      (
        "spike_Na_dist",
        "V_dist >= Vth_Na_dist and t_in_timesteps >= spiketime_Na_dist + refractory_Na_dist * gate_Na_dist",
        "spiketime_Na_dist = t_in_timesteps; gate_Na_dist = 1"
      ),
    ])
}
