"""Makes the calls that the network of speech activity is fitted on.

    python3 make.py SPEECH_DIR OUT_DIR

SPEECH_DIR holds `train.jsonl` and the clips; only clips of speech whose `use` is `free` are read. Writes 700 WAV files
(8 kHz mono), for each a `.npy` with a label per 10 ms (1 speech, 0 none, -1 not counted) and `meta.json`.
"""
import io
import json
import os
import sys
import warnings

import numpy as np
import scipy.signal as ss
import soundfile as sf

warnings.simplefilter("ignore", DeprecationWarning)
import audioop  # noqa: E402  (in the standard library up to Python 3.12)

SEED = 20240611
rng = np.random.default_rng(SEED)
root, out = sys.argv[1].rstrip("/") + "/", sys.argv[2].rstrip("/")
os.makedirs(out, exist_ok=True)
L=[json.loads(l) for l in open(root+'train.jsonl')]
free=[l for l in L if l['use']=='free' and l['kind']=='speech']
print(len(free), len({l['speaker'] for l in free}))
clips=[]
for l in free:
    x,fs=sf.read(root+l['file'] if os.path.exists(root+l['file']) else root+'clips/'+l['file'])
    n=len(x)//80
    lev=10*np.log10(np.mean(x[:n*80].reshape(n,80)**2,1)+1e-12)
    act=np.percentile(lev,95)
    if act<-55: continue
    x=x*10**((-20-act)/20)
    # Speech where within 28 dB of the loudest, none below 42 dB, not counted between.
    lv=lev-act
    lab=np.where(lv>-28,1,np.where(lv<-42,0,-1)).astype(np.int8)
    clips.append((l['speaker'],x,lab))
sp=sorted({c[0] for c in clips})
def bandpass(x):
    lo=rng.uniform(200,310); hi=rng.uniform(3200,3600)
    s=ss.butter(4,[lo,hi],'band',fs=8000,output='sos'); return ss.sosfilt(s,x)
def pink(n):
    f=np.fft.rfftfreq(n,1/8000); f[0]=1
    X=np.fft.rfft(rng.standard_normal(n))/np.sqrt(f); y=np.fft.irfft(X,n); return y/np.std(y)
def noise(kind,n,others):
    if kind=='white': return rng.standard_normal(n)
    if kind=='pink': return pink(n)
    t=np.arange(n)/8000
    if kind=='hum':
        f=rng.choice([50,60])*(1+rng.uniform(-.003,.003)); y=sum(np.sin(2*np.pi*f*k*t+rng.uniform(0,6.28))*rng.uniform(.2,1)/k**.5 for k in range(1,16))
        return y/np.std(y)+.15*rng.standard_normal(n)
    if kind=='babble':
        y=np.zeros(n)
        for _ in range(rng.integers(5,12)):
            p=0
            while p<n:
                c=others[rng.integers(len(others))][1]; m=min(len(c),n-p); y[p:p+m]+=c[:m]*rng.uniform(.5,1); p+=m+int(rng.uniform(0,3000))
        y=y/np.std(y); return y+.1*rng.standard_normal(n)
    if kind=='office':
        y=.3*pink(n)
        for _ in range(rng.poisson(n/8000*rng.uniform(1,6))):
            p=rng.integers(n); m=int(rng.uniform(40,800)); e=np.exp(-np.arange(m)/rng.uniform(10,m/2+10))*rng.standard_normal(m)*rng.uniform(1,8)
            if rng.random()<.5: e=ss.lfilter([1],[1,-2*.9*np.cos(rng.uniform(.3,2)),.81],e)
            e=e[:n-p]; y[p:p+len(e)]+=e
        return y/np.std(y)
    if kind=='street':
        y=pink(n)*(1+.8*np.interp(np.arange(n),np.arange(n//4000+2)*4000,rng.uniform(-.9,1,n//4000+2)))
        s=ss.butter(2,rng.uniform(400,1500),fs=8000,output='sos'); y=ss.sosfilt(s,y); y/=np.std(y)
        if rng.random()<.4:
            p=rng.integers(max(1,n-5000)); m=int(rng.uniform(1500,5000)); f=rng.uniform(350,550); tt=np.arange(m)/8000
            h=sum(np.sin(2*np.pi*f*k*tt)/k for k in range(1,5))*np.hanning(m)**.3*rng.uniform(1,4); y[p:p+len(h)]+=h[:n-p]
        return y/np.std(y)
    return np.zeros(n)
def tone(n):
    t=np.arange(n)/8000; f=rng.uniform(350,1700); y=np.sin(2*np.pi*f*t)
    k=rng.random()
    if k<.3: y=y+np.sin(2*np.pi*(f+rng.uniform(30,200))*t)
    elif k<.45: y=y*(1+rng.uniform(.3,1)*np.sin(2*np.pi*rng.uniform(15,60)*t))
    elif k<.6: y=y+np.sin(2*np.pi*rng.uniform(500,1600)*t)
    return y/np.std(y)
def shorts(n):
    # telephone keys, beeps, three-tone signals
    y=np.zeros(n); p=0; k=rng.integers(3)
    while p<n:
        if k==0: m=int(rng.uniform(50,130)*8); f=[rng.choice([697,770,852,941]),rng.choice([1209,1336,1477,1633])]
        elif k==1: m=int(rng.uniform(120,900)*8); f=[rng.uniform(350,2100)]
        else: m=int(rng.uniform(250,400)*8); f=[rng.choice([914,950,985.2,1371,1400,1428,1777,1800])]
        t=np.arange(m)/8000; z=sum(np.sin(2*np.pi*q*t) for q in f); y[p:p+m]+=z[:n-p]; p+=m+int(rng.uniform(0,130)*8 if k!=1 else rng.uniform(200,2000)*8)
    return y/(np.std(y)+1e-9)
def music(n):
    y=np.zeros(n); p=0; base=rng.uniform(200,500)
    while p<n:
        m=int(rng.uniform(800,5000)); t=np.arange(m)/8000
        for _ in range(rng.integers(1,4)):
            f=base*2**(rng.integers(0,18)/12)
            y[p:p+m]+=sum(np.sin(2*np.pi*f*k*t)*rng.uniform(.2,1)/k for k in range(1,6))[:n-p]*np.exp(-t*rng.uniform(0,6))[:n-p]
        p+=m
    return y/(np.std(y)+1e-9)
def alaw(x):
    b=(np.clip(x,-1,.9999)*32767).astype('<i2').tobytes()
    if rng.random()<.5: return np.frombuffer(audioop.alaw2lin(audioop.lin2alaw(b,2),2),'<i2')
    return np.frombuffer(audioop.ulaw2lin(audioop.lin2ulaw(b,2),2),'<i2')
def gsm(x):
    f=io.BytesIO(); sf.write(f,np.clip(x,-1,.999),8000,format='WAV',subtype='GSM610'); f.seek(0)
    y,_=sf.read(f); return y[:len(x)] if len(y)>=len(x) else np.pad(y,(0,len(x)-len(y)))
meta=[]
kinds=['babble','babble','none','white','pink','hum','babble','office','street','none']
for i in range(700):
    kind=kinds[rng.integers(len(kinds))]
    parts=[];labs=[]
    spk=sp[rng.integers(len(sp))]; mine=[c for c in clips if c[0]==spk]; others=[c for c in clips if c[0]!=spk]
    def gap(a,b):
        m=int(rng.uniform(a,b)*100); parts.append(np.zeros(m*80)); labs.append(np.zeros(m,np.int8))
    if rng.random()<.85: gap(.1,2)
    def other():
        k=rng.random()
        if k<.22: m=int(rng.uniform(30,250)); y=tone(m*80)
        elif k<.42: m=int(rng.uniform(12,150)); y=shorts(m*80)
        elif k<.52: m=int(rng.uniform(100,300)); y=music(m*80)
        else: return
        parts.append(.1*10**rng.uniform(-.4,.4)*y); labs.append(np.zeros(m,np.int8)); gap(.03,1)
    other()
    fluent=rng.random()<.5
    alone=rng.random()<(.4 if kind=='babble' else .12)
    if alone: gap(3,6)
    for _ in range(0 if alone else rng.integers(4,10) if fluent else rng.integers(1,5)):
        _,x,lab=mine[rng.integers(len(mine))]
        m=min(len(lab),500); y=x[:m*80].copy()
        parts.append(y); labs.append(lab[:m]); gap(.05,1.5) if not fluent or rng.random()<.2 else gap(.0,.06)
        if rng.random()<(.1 if fluent else .35): other()
    x=np.concatenate(parts); lab=np.concatenate(labs); n=len(x)
    snr=rng.uniform(3,32)
    if kind!='none':
        nz=bandpass(noise(kind,n,others)); nz/=np.std(nz)+1e-9
        nz*=.1*10**(-snr/20)*.7
        if rng.random()<.3: nz[:int(rng.uniform(0,.6)*n)]=0
    else: nz=10**(rng.uniform(-75,-62)/20)*rng.standard_normal(n)
    z=bandpass(x)+nz
    z*=10**(rng.uniform(-16,8)/20)
    if rng.random()<.3: z=gsm(z)
    s=alaw(z)
    if len(s)>n: s=s[:n]
    sf.write(f'{out}/{i:04d}.wav',s.astype('<i2'),8000,subtype='PCM_16')
    np.save(f'{out}/{i:04d}.npy',lab)
    meta.append((i,kind,snr,spk))
json.dump(meta,open(f'{out}/meta.json','w'))
